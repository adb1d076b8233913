import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

export interface ReloadingOptions<T> {
  /** Reads and checks everything. Throws when it is not valid; the value in force then stays. */
  readonly load: () => T | Promise<T>;
  /** The files whose content decides whether to load again. */
  readonly files: readonly string[];
  /** Must not throw. */
  readonly onReload?: (value: T) => void;
  /** Told once per content that could not be loaded. Must not throw. */
  readonly onError?: (error: unknown) => void;
  /** How often the files are looked at, milliseconds. Default 1000. */
  readonly pollMs?: number;
}

export interface Reloading<T> {
  current(): T;
  /** Epoch milliseconds of the last successful load. */
  loadedAt(): number;
  /** Loads now, changed or not (SIGHUP). Never rejects. */
  reload(): Promise<'reloaded' | 'kept'>;
  close(): void;
}

/**
 * Keeps a value in step with the files it is made of. The files are polled: a watch misses the swapped `..data`
 * symlink of a mounted ConfigMap and most network file systems. The timer does not keep the process alive.
 *
 * @throws whatever `load` throws the first time: there is nothing older to fall back to
 */
export async function createReloading<T>(options: ReloadingOptions<T>): Promise<Reloading<T>> {
  const { load, files, onReload = () => {}, onError = () => {}, pollMs = 1000 } = options;
  let stamp = await stampOf(files);
  let digest = await digestOf(files);
  let value = await load();
  let loadedAt = Date.now();
  let queue: Promise<unknown> = Promise.resolve();

  async function loadAgain(): Promise<'reloaded' | 'kept'> {
    try {
      value = await load();
    } catch (error) {
      onError(error);
      return 'kept';
    }
    loadedAt = Date.now();
    onReload(value);
    return 'reloaded';
  }

  async function poll(): Promise<void> {
    // Stamps before content before load: a change in between is seen by the next look.
    const nextStamp = await stampOf(files);
    if (nextStamp === stamp) return;
    const nextDigest = await digestOf(files);
    stamp = nextStamp;
    if (nextDigest === digest) return;
    digest = nextDigest;
    await loadAgain();
  }

  /** One at a time, in order. */
  function enqueue<R>(work: () => Promise<R>): Promise<R> {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  }

  let polling = false;
  const timer = setInterval(() => {
    if (polling) return;
    polling = true;
    void enqueue(poll)
      .catch(onError)
      .finally(() => {
        polling = false;
      });
  }, pollMs);
  timer.unref();

  return {
    current: () => value,
    loadedAt: () => loadedAt,
    reload: () =>
      enqueue(async () => {
        stamp = await stampOf(files);
        digest = await digestOf(files);
        return loadAgain();
      }),
    close: () => clearInterval(timer),
  };
}

async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    files.map(async (file) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
        return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
      } catch (error) {
        return String(error);
      }
    }),
  );
  return stamps.join('\n');
}

/** One digest over the content of files; what cannot be read counts as its error. */
export async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(file).catch((error: unknown) => String(error));
    hash.update(`${content.length}:`).update(content);
  }
  return hash.digest('hex');
}
