import { createLoadingCache, type Entry } from '../loading-cache.js';
import type { Epoch } from './tracker.js';

export interface PushedCacheOptions<V> {
  readonly max: number;
  readonly load: (key: string) => Promise<V>;
  /** Milliseconds after which a value is read again even though nothing was pushed. */
  readonly ttlMsOf: (value: V) => number;
  /** The epoch now. */
  readonly epoch: () => Epoch;
}

/** A value and when it was surely true. */
export interface Known<V> {
  readonly value: V;
  /** Milliseconds since then. */
  readonly ageMs: number;
}

export interface PushedCache<V> {
  /** From memory. Undefined where it has to be read. */
  fresh(key: string): Known<V> | undefined;
  /** Rejects where it cannot be read. */
  get(key: string): Promise<Known<V>>;
  /** The last that was known, however old. */
  last(key: string): Known<V> | undefined;
  delete(key: string): void;
  clear(): void;
  readonly size: number;
}

/**
 * Longest age of what is believed without a look. Pushed changes arrive in a millisecond; this is for the time in which
 * nothing arrives and nobody knows yet. With one read behind it, it stays below a second.
 */
export const TRUSTED_MS = 500;

/** Values in step with Redis: forgotten when a change is pushed, and believed for a moment only where none can be. */
export function createPushedCache<V>(options: PushedCacheOptions<V>): PushedCache<V> {
  const { epoch } = options;
  type Dated = { readonly value: V; readonly epoch: Epoch };
  const now = () => performance.now();

  const cache = createLoadingCache<Dated>({
    max: options.max,
    // The epoch before the read: what began in an earlier one may be from before a change nobody pushed to us.
    load: (key) => {
      const begunIn = epoch();
      return options.load(key).then((value) => ({ value, epoch: begunIn }));
    },
    ttlMsOf: ({ value }) => options.ttlMsOf(value),
    isFresh: (entry) => entry.value.epoch === epoch() && ageOf(entry) <= TRUSTED_MS,
  });

  function ageOf(entry: Entry<Dated>): number {
    return now() - Math.max(entry.readAt, entry.value.epoch.provenAt);
  }

  function known(entry: Entry<Dated>): Known<V> {
    return { value: entry.value.value, ageMs: Math.max(0, ageOf(entry)) };
  }

  return {
    fresh(key) {
      const entry = cache.fresh(key);
      return entry && known(entry);
    },
    get: async (key) => known(await cache.get(key)),
    last(key) {
      const entry = cache.last(key);
      return entry && known(entry);
    },
    delete: cache.delete,
    clear: cache.clear,
    get size() {
      return cache.size;
    },
  };
}
