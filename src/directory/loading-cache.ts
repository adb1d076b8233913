import { LRUCache } from 'lru-cache';

/** One value as it was read. Times are of a monotonic clock, milliseconds. */
export interface Entry<V> {
  readonly value: V;
  /** When the read began: what was true then is what the value says. */
  readonly readAt: number;
  /** Not used without a new look after this. */
  readonly expiresAt: number;
}

export interface LoadingCacheOptions<V> {
  /** Most entries kept; the least recently used goes first. */
  readonly max: number;
  /** Reads one value. May reject: a rejection is not kept. */
  readonly load: (key: string) => Promise<V>;
  /** How long a value may be used, milliseconds. Shortened by up to a fifth, so that values read together are not read again together. */
  readonly ttlMsOf: (value: V) => number;
  /** A further condition, asked at every use. */
  readonly isFresh?: (entry: Entry<V>) => boolean;
  /** Monotonic clock, milliseconds. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export interface LoadingCache<V> {
  /** The entry in use; undefined where it has to be read. Costs one Map access. */
  fresh(key: string): Entry<V> | undefined;
  /** The entry in use, or read now; everybody who asks meanwhile waits for the one read. Rejects as `load` does. */
  get(key: string): Promise<Entry<V>>;
  /** The last entry, fresh or not. */
  last(key: string): Entry<V> | undefined;
  /** Forgets a value; a read that is under way is not kept either, for it may be the one before the change. */
  delete(key: string): void;
  clear(): void;
  readonly size: number;
}

const JITTER = 0.2;

/** In front of every remote source: bounded, one read at a time for a key, jittered lifetimes, no rejection kept. */
export function createLoadingCache<V>(options: LoadingCacheOptions<V>): LoadingCache<V> {
  const {
    max,
    load,
    ttlMsOf,
    isFresh = () => true,
    now = () => performance.now(),
    random = Math.random,
  } = options;
  const entries = new LRUCache<string, Entry<V>>({ max });
  const reading = new Map<string, Promise<Entry<V>>>();

  async function read(key: string): Promise<Entry<V>> {
    const readAt = now();
    const value = await load(key);
    return { value, readAt, expiresAt: readAt + ttlMsOf(value) * (1 - JITTER * random()) };
  }

  function start(key: string): Promise<Entry<V>> {
    const started: Promise<Entry<V>> = read(key).then(
      (entry) => {
        // Only a read that nothing overtook is kept.
        if (reading.get(key) === started) {
          reading.delete(key);
          entries.set(key, entry);
        }
        return entry;
      },
      (error: unknown) => {
        if (reading.get(key) === started) reading.delete(key);
        throw error;
      },
    );
    reading.set(key, started);
    return started;
  }

  function fresh(key: string): Entry<V> | undefined {
    const entry = entries.get(key);
    return entry !== undefined && now() < entry.expiresAt && isFresh(entry) ? entry : undefined;
  }

  return {
    fresh,
    async get(key) {
      return fresh(key) ?? (await (reading.get(key) ?? start(key)));
    },
    last: (key) => entries.peek(key),
    delete(key) {
      entries.delete(key);
      reading.delete(key);
    },
    clear() {
      entries.clear();
      reading.clear();
    },
    get size() {
      return entries.size;
    },
  };
}
