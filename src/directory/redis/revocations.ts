import type { KeyLayout } from './keys.js';
import type { RedisLink } from './link.js';
import {
  createRevocationList,
  type RevocationList,
  type RevocationSubject,
  revocationKeysOf,
} from './revocation-list.js';
import { type Epoch, isReplyError } from './tracker.js';

/** The revocation list, from memory. `unknown`: it was never loaded or is too old to be relied on. */
export interface Revocations {
  check(subject: RevocationSubject): 'valid' | 'revoked' | 'unknown';
}

export interface RevocationMirrorOptions {
  readonly link: RedisLink;
  readonly layout: KeyLayout;
  readonly epoch: () => Epoch;
  /** How long the list counts while it cannot be known to be complete. */
  readonly maxStaleMs: number;
  /** After every attempt to read; undefined: it succeeded. */
  readonly onRead: (error: unknown) => void;
}

export interface RevocationMirror extends Revocations {
  /** Epoch seconds that a not-before key says, as far as the list is known. */
  limitOf(key: string): number | undefined;
  /** Whether the list was there once. */
  loaded(): boolean;
  /** These keys changed. */
  touch(keys: readonly string[]): void;
  /** Changes may have been missed. */
  reload(): void;
  readonly size: number;
  close(): void;
}

/** While nothing is pushed, and after a failure, the list is read again so often. */
const AGAIN_MS = 250;
/** Longest time without a proof of the connection before the list is read again. */
const TRUSTED_MS = 400;
/** A change that could not be read for so long is taken for a revocation nobody can see. */
const GRACE_MS = 500;
/** How many keys are asked for at once. */
const AT_ONCE = 500;

/**
 * A copy of all revocations. Asking it costs two lookups and waits for nothing. It stays in force while Redis is away,
 * for `maxStaleMs`; before it was loaded once it knows nobody.
 */
export function createRevocationMirror(options: RevocationMirrorOptions): RevocationMirror {
  const { link, layout, epoch, maxStaleMs, onRead } = options;
  let list: RevocationList | undefined;
  /** The epoch the list is complete in, and when it was read. */
  let readIn: Epoch | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  /** Keys that changed and were not read since. `sinceMs`: the first time; `turn`: the last. */
  const touched = new Map<string, { readonly sinceMs: number; readonly turn: number }>();
  let turn = 0;
  let wantsAll = true;
  let working = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function asOf(): number {
    return Math.max(readAt, readIn?.provenAt ?? Number.NEGATIVE_INFINITY);
  }

  async function loadAll(): Promise<void> {
    wantsAll = false;
    const begunIn = epoch();
    const begunAt = performance.now();
    const before = [...touched];
    const next = createRevocationList(layout);
    let batch: string[] = [];
    const takeIn = async (): Promise<void> => {
      await readKeys(batch, next);
      batch = [];
    };
    for await (const key of link.keys(layout.prefixes.revoked)) {
      batch.push(key);
      if (batch.length >= AT_ONCE) await takeIn();
    }
    await takeIn();
    // Changed while we read: they are read again, into the new list. Changed before: this read saw them.
    settle(before);
    list = next;
    readIn = begunIn;
    readAt = begunAt;
  }

  async function readTouched(into: RevocationList): Promise<void> {
    const some = [...touched].slice(0, AT_ONCE);
    await readKeys(
      some.map(([key]) => key),
      into,
    );
    settle(some);
  }

  /** Touched again in the meantime is not settled. */
  function settle(read: readonly (readonly [string, { readonly turn: number }])[]): void {
    for (const [key, { turn: mine }] of read) if (touched.get(key)?.turn === mine) touched.delete(key);
  }

  async function readKeys(keys: readonly string[], into: RevocationList): Promise<void> {
    const values = await Promise.all(keys.map((key) => link.call('GET', key).catch(wrongType)));
    keys.forEach((key, index) => {
      into.set(key, values[index] ?? undefined);
    });
  }

  async function work(): Promise<void> {
    if (working || closed) return;
    working = true;
    clearTimeout(timer);
    try {
      while (!closed && (wantsAll || list === undefined || touched.size > 0)) {
        if (wantsAll || list === undefined) await loadAll();
        else await readTouched(list);
        onRead(undefined);
      }
    } catch (error) {
      // Half a list is no list: whatever failed, the whole is read again.
      wantsAll = true;
      onRead(error);
    } finally {
      working = false;
      schedule();
    }
  }

  function schedule(): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const { live, provenAt } = epoch();
      if (!live || performance.now() - provenAt > TRUSTED_MS) wantsAll = true;
      void work();
    }, AGAIN_MS);
    timer.unref();
  }

  // Not now: nothing is connected yet, and an outage that is none would be told.
  schedule();

  return {
    check(subject) {
      const now = performance.now();
      if (list === undefined) return 'unknown';
      if (list.has(subject)) return 'revoked';
      if (now - asOf() > maxStaleMs) return 'unknown';
      for (const key of touched.size === 0 ? [] : revocationKeysOf(layout, subject)) {
        const change = touched.get(key);
        if (change !== undefined && now - change.sinceMs > GRACE_MS) return 'unknown';
      }
      return 'valid';
    },
    limitOf: (key) => list?.limitOf(key),
    loaded: () => list !== undefined,
    touch(keys) {
      for (const key of keys) {
        if (!key.startsWith(layout.prefixes.revoked)) continue;
        touched.set(key, { sinceMs: touched.get(key)?.sinceMs ?? performance.now(), turn: turn++ });
      }
      if (touched.size > 0) void work();
    },
    reload() {
      // Known to be complete until now, and no longer.
      readAt = asOf();
      readIn = undefined;
      wantsAll = true;
      void work();
    },
    get size() {
      return list?.size ?? 0;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** A key of another type is there all the same, and its value is nothing we understand. */
function wrongType(error: unknown): unknown {
  if (isReplyError(error) && error instanceof Error && error.message.startsWith('WRONGTYPE')) return error;
  throw error;
}

/** Several lists as one: who is on any is revoked, and while one is not known nobody is known. Undefined: no list. */
export function createRevocationsUnion(lists: readonly Revocations[]): Revocations | undefined {
  if (lists.length === 0) return undefined;
  return {
    check(subject) {
      const answers = lists.map((list) => list.check(subject));
      return (
        answers.find((answer) => answer === 'revoked') ??
        answers.find((answer) => answer === 'unknown') ??
        'valid'
      );
    },
  };
}
