import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Verification, Verified, Verify } from './verify.js';

export interface CachedVerifierOptions {
  readonly verify: Verify;
  /** Most tokens remembered; the least recently used go first. Default 10000. */
  readonly maxEntries?: number;
  readonly onHit?: () => void;
  readonly onMiss?: () => void;
}

/**
 * Remembers tokens that were verified, by the SHA-256 of the whole token, so that a page of fifty requests costs
 * one signature check. On every use the entry is asked whether it still holds: wall clock against `exp`, `nbf` and
 * `iat`, generation of the issuer's keys. So a cached answer is the one a new verification would give, apart
 * from the key set's own stated staleness. Refusals are not remembered. At most one verification per token at a time.
 *
 * Revocation must be looked up by claims after this, on every request: one token has many spellings of its signature.
 */
export function createCachedVerifier(options: CachedVerifierOptions): Verify {
  const { verify, maxEntries = 10_000, onHit = () => {}, onMiss = () => {} } = options;
  const verified = new LRUCache<string, Verified>({ max: maxEntries });
  const underWay = new Map<string, Promise<Verification>>();

  async function verifyAnew(digest: string, token: string): Promise<Verification> {
    try {
      const result = await verify(token);
      if (result.kind === 'verified') verified.set(digest, result);
      else verified.delete(digest);
      return result;
    } finally {
      underWay.delete(digest);
    }
  }

  return async function verifyCached(token) {
    const digest = createHash('sha256').update(token).digest('base64');
    const known = verified.get(digest);
    if (known?.holds()) {
      onHit();
      return known;
    }
    onMiss();
    let pending = underWay.get(digest);
    if (pending === undefined) {
      pending = verifyAnew(digest, token);
      underWay.set(digest, pending);
    }
    return pending;
  };
}
