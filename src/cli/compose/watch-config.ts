import type { LoadedConfig } from '../../config/load.js';
import { digestOf } from '../../directory/watch.js';

export interface WatchConfigOptions {
  /** What is in force now: a reload may bring other files. */
  readonly current: () => LoadedConfig;
  /** Loads anew. Must not reject. */
  readonly changed: () => Promise<void>;
  /** Default 1000. */
  readonly pollMs?: number;
}

/**
 * Calls `changed` when a file the configuration is made of has other content: the file itself and its secrets. Polled,
 * because a watch misses the swapped `..data` link of a mounted ConfigMap or Secret. Directories and JWK Sets have
 * watchers of their own. Returns what ends it; the timer does not keep the process alive.
 */
export async function watchConfig({
  current,
  changed,
  pollMs = 1000,
}: WatchConfigOptions): Promise<() => void> {
  let digest = await digestOf(watchedFiles(current()));
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);

  async function look(): Promise<void> {
    const next = await digestOf(watchedFiles(current()));
    if (next === digest) return;
    // Taken before the load: a change in between, or a file that is new to the list, is seen by the next look.
    digest = next;
    await changed();
  }
}

function watchedFiles({ config, files }: LoadedConfig): string[] {
  const elsewhere = new Set([
    ...config.roles.sources.flatMap((source) => (source.kind === 'file' ? [source.path] : [])),
    ...config.platform.issuers.flatMap(({ jwks }) => (jwks.kind === 'file' ? [jwks.path] : [])),
  ]);
  return files.filter((file) => !elsewhere.has(file));
}
