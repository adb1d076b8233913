import { compactVerify } from 'jose';
import type { RejectionCode } from '../domain/identity.js';
import type { Principal } from '../domain/principal.js';
import { isAlgorithm } from './algorithms.js';
import { readPrincipal } from './claimed-principal.js';
import { type IssuerOptions, trustIssuers } from './issuers.js';
import { causeOf } from './key-set.js';
import { faultOfDates, readDates } from './numeric-dates.js';
import { readTokenParts } from './token-parts.js';

export interface VerifierOptions {
  readonly issuers: readonly IssuerOptions[];
  readonly clockToleranceSeconds: number;
  /** Beginnings of principals that belong to others than these issuers. */
  readonly reservedPrefixes?: readonly string[] | undefined;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

/** What a token proved. */
export interface Verified {
  readonly kind: 'verified';
  readonly principal: Principal;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** Whether verifying now would give the same: dates still hold, keys are unchanged. Synchronous and cheap. */
  readonly holds: () => boolean;
}

export type Verification =
  | Verified
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly detail: string }
  | { readonly kind: 'unverifiable'; readonly cause: string };

/** Never rejects. */
export type Verify = (token: string) => Promise<Verification>;

/**
 * Makes the one judge of platform tokens. The token's unverified `iss` only picks the configured issuer; keys,
 * algorithms and audience come from the configuration. Whatever fails ends as `rejected` or `unverifiable`.
 *
 * @throws {AuthProxyError} `config`: no issuers, the same issuer twice, no audience, an algorithm that is not
 *   asymmetric, a further issuer without its own `subjectPrefix`
 * @see RFC 7519 7.2, RFC 8725 3
 */
export function createVerifier(options: VerifierOptions): Verify {
  const { clockToleranceSeconds, now = Date.now } = options;
  const issuers = trustIssuers(options.issuers, options.reservedPrefixes);

  return async function verify(token) {
    const parts = readTokenParts(token);
    if (parts.kind === 'rejected') return parts;
    const { header, claims } = parts;
    const issuer = typeof claims.iss === 'string' ? issuers.get(claims.iss) : undefined;
    if (issuer === undefined) return rejected('unknown-issuer', 'no configured issuer has this `iss`');
    const { alg, kid } = header;
    if (!isAlgorithm(alg) || !issuer.algorithms.includes(alg)) {
      return rejected('wrong-algorithm', 'this `alg` is not allowed for the issuer');
    }
    const generation = issuer.keys.generation();
    const answer = await issuer.keys.find(alg, typeof kid === 'string' ? kid : undefined);
    switch (answer.kind) {
      case 'unavailable':
        return { kind: 'unverifiable', cause: answer.cause };
      case 'none':
        return rejected('unknown-key', 'no key of the issuer fits');
      case 'several':
        return rejected(
          'unknown-key',
          'more than one key of the issuer fits; give the token and the keys a `kid`',
        );
      case 'found':
        break;
      default:
        return answer satisfies never;
    }
    try {
      await compactVerify(token, answer.key, { algorithms: [alg] });
    } catch (error) {
      return rejected('bad-signature', causeOf(error));
    }
    // INVARIANT: from here on the claims are the issuer's words.
    if (!hasAudience(claims.aud, issuer.audience))
      return rejected('wrong-audience', '`aud` does not name this gateway');
    const read = readDates(claims);
    if (read.kind === 'refused') return rejected('bad-claim', read.detail);
    const faultNow = (): ReturnType<typeof faultOfDates> =>
      faultOfDates(read.dates, now() / 1000, clockToleranceSeconds);
    const fault = faultNow();
    if (fault !== undefined)
      return rejected(fault, fault === 'expired' ? '`exp` is past' : '`nbf` or `iat` is in the future');
    const who = readPrincipal(claims, issuer.claims, issuer.space);
    if (who.kind === 'refused') return rejected('bad-claim', who.detail);
    return {
      kind: 'verified',
      principal: who.principal,
      claims,
      expiresAt: read.dates.exp,
      // The generation from before the key was looked up: keys that change meanwhile cost one more verification.
      holds: () =>
        generation !== undefined && issuer.keys.generation() === generation && faultNow() === undefined,
    };
  };
}

/** RFC 7519 4.1.3: a string, or an array of strings; anything else names nobody. */
function hasAudience(value: unknown, wanted: readonly string[]): boolean {
  const members = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(members) || !members.every((member) => typeof member === 'string')) return false;
  return wanted.some((audience) => members.includes(audience));
}

function rejected(code: RejectionCode, detail: string): Verification {
  return { kind: 'rejected', code, detail };
}
