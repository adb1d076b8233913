import type { Principal } from '../domain/principal.js';

/**
 * Somebody signed in through a provider, as sealed into the browser's cookie. Made from validated tokens only; whoever
 * holds the sealing key could make any. Times are epoch seconds.
 */
export interface Session {
  readonly version: 1;
  /** Ours, random, new at every sign-in: a session cannot be fixed before it. */
  readonly id: string;
  /** Id, issuer and client of the provider: a session of another configuration is refused. */
  readonly provider: string;
  readonly issuer: string;
  readonly clientId: string;
  /** `sub` at the issuer. */
  readonly subject: string;
  /** `sid`: the provider's own name for the session (OpenID Connect Front-Channel Logout 3). */
  readonly providerSession?: string | undefined;
  readonly principal: Principal;
  /** Claims about the person, without those about the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** For the provider's sign-out page. */
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly startedAt: number;
  /** When the provider last vouched for the person. */
  readonly checkedAt: number;
  /** When to ask the provider again; undefined where it gave no refresh token. */
  readonly refreshAt?: number | undefined;
  /** When the person was last seen, to within a minute or so. */
  readonly seenAt: number;
}

/** Reads what was sealed. Undefined: sealed by another release, or not a session. */
export function readSession(value: unknown): Session | undefined {
  const isSession = typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
  // INVARIANT: only `Sessions` seals with the key of this purpose, and it seals whole sessions.
  return isSession ? (value as Session) : undefined;
}

/** Claims about the token rather than the person (OpenID Connect Core 2, RFC 7519 4.1). */
const TOKEN_CLAIMS: ReadonlySet<string> = new Set([
  ...['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'nonce', 'azp', 'at_hash', 'c_hash', 's_hash', 'sid'],
]);

export function personalClaims(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !TOKEN_CLAIMS.has(name)));
}
