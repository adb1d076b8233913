import type { SigningKey } from './signing-key.js';

/** One key and when it was published, epoch milliseconds. */
export interface RingEntry {
  readonly key: SigningKey;
  readonly publishedAtMs: number;
}

/**
 * How long a key is published before it signs. Airflow keeps what it read for an hour and asks for no unknown key
 * before (api_fastapi/auth/tokens.py `JWKS`, 3.0 to 3.3); twice that, for clocks and restarts.
 */
export const PUBLISH_LEAD_MS = 2 * 60 * 60 * 1000;
/** How long a key is still published after its successor signs: the last assertion lives two minutes at most. */
export const RETIRE_AFTER_MS = 10 * 60 * 1000;
/** The newest key that upstreams had time to read; the first one signs at once, nobody knew another. */
export function signingAt(entries: readonly RingEntry[], nowMs: number): SigningKey {
  const ready = entries.filter(
    ({ publishedAtMs }, at) => at === 0 || publishedAtMs + PUBLISH_LEAD_MS <= nowMs,
  );
  const newest = ready.at(-1);
  if (newest === undefined) throw new RangeError('a key ring is never empty');
  return newest.key;
}

/** All keys but those whose successor has signed for long enough. */
export function publishedAt(entries: readonly RingEntry[], nowMs: number): readonly SigningKey[] {
  return entries.filter((_, at) => !isRetired(entries[at + 1], nowMs)).map(({ key }) => key);
}

/** Whether a key has been replaced for long enough, by what came after it. */
export function isRetired(successor: { readonly publishedAtMs: number } | undefined, nowMs: number): boolean {
  return successor !== undefined && successor.publishedAtMs + PUBLISH_LEAD_MS + RETIRE_AFTER_MS <= nowMs;
}
