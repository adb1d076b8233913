import type { Readiness, ReadinessCheck } from '../../http/admin/readiness.js';
import type { Log } from '../../observe/log.js';

export interface ReadinessWatch {
  readonly current: () => Readiness;
  /** Looks now. Never rejects. */
  refresh(): Promise<void>;
  /** Readiness is off from here on. */
  drain(): void;
  close(): void;
}

export interface ReadinessWatchOptions {
  /** Asked anew each time: a reload replaces the parts. */
  readonly checks: () => Promise<readonly ReadinessCheck[]>;
  readonly changed?: ((readiness: Readiness) => void) | undefined;
  readonly log: Log;
}

const LOOK_MS = 1000;
/** Until the first look nothing is known, and nothing known is not ready. */
const UNKNOWN: readonly ReadinessCheck[] = [{ name: 'start', state: 'waiting' }];

/**
 * Keeps what `/readyz` says, so that asking it costs nothing. Later outages show in the checks; only what was never
 * there yet keeps the replica out.
 */
export function watchReadiness({ checks, changed, log }: ReadinessWatchOptions): ReadinessWatch {
  let current: Readiness = { draining: false, checks: UNKNOWN };
  const seen = new Set<string>();
  const timer = setInterval(() => void refresh(), LOOK_MS);
  timer.unref();

  function set(next: Readiness): void {
    current = next;
    changed?.(next);
  }

  async function refresh(): Promise<void> {
    try {
      const found = await checks();
      for (const { name, state } of found) if (state !== 'waiting') seen.add(name);
      set({
        ...current,
        checks: found.map((check) =>
          check.state === 'waiting' && seen.has(check.name) ? { ...check, state: 'failing' } : check,
        ),
      });
    } catch (cause) {
      log.error('readiness could not be looked at', { cause });
    }
  }

  return {
    current: () => current,
    refresh,
    drain: () => set({ ...current, draining: true }),
    close: () => clearInterval(timer),
  };
}
