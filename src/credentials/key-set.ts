import type { Algorithm } from './algorithms.js';
import type { KeyMatch } from './jwk-set.js';

/** What asking for a key gives. `unavailable` means: nobody knows, so the caller is neither let in nor refused. */
export type KeyAnswer = KeyMatch | { readonly kind: 'unavailable'; readonly cause: string };

/** The public keys of one issuer, kept fresh by whoever implements it. Never throws. */
export interface KeySet {
  find(algorithm: Algorithm, kid: string | undefined): Promise<KeyAnswer>;
  /**
   * Changes whenever the keys do; undefined while there are none that may be used. What was verified under one
   * generation holds only as long as it lasts. Asking starts a refresh in the background when one is due.
   */
  generation(): number | undefined;
  /** Whether keys were loaded; starts loading them where they were not. For readiness. */
  ready(): Promise<boolean>;
}

/** What happened to a key set, for logs. `message` names the set and never holds key material. */
export type KeySetEvent =
  | { readonly kind: 'loaded'; readonly message: string; readonly ignored: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
