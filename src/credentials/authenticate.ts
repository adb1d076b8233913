import type { Authenticated, CredentialKind, Identity } from '../domain/identity.js';
import type { Principal } from '../domain/principal.js';
import { extractCredential, type RawHeaders } from './extract.js';
import { causeOf } from './key-set.js';
import { checkServiceAccountKey, type ServiceAccountKeys } from './service-account-key.js';
import type { Verify } from './verify.js';

/** What a revocation is looked up by: validated claims, never the text of a token. */
export interface RevocationSubject {
  readonly kind: Principal['kind'];
  /** The principal's id, without `service-account:`. */
  readonly subject: string;
  readonly jti: string | undefined;
  /** Epoch seconds; undefined revokes whenever the subject is listed. */
  readonly iat: number | undefined;
}

/** The revocation list, from memory. `unknown`: it was never loaded or is too old to be relied on. */
export interface Revocations {
  check(subject: RevocationSubject): 'valid' | 'revoked' | 'unknown';
}

export interface AuthenticatorOptions {
  /** Exact name of the platform cookie. */
  readonly cookie: string;
  /** Usually cached; revocation is looked up after it. */
  readonly verify: Verify;
  readonly keys: ServiceAccountKeys;
  readonly revocations?: Revocations | undefined;
}

/** Never rejects. */
export type Authenticate = (headers: RawHeaders) => Promise<Identity>;

const ANONYMOUS: Identity = { kind: 'anonymous' };

/**
 * Finds out who is asking, from the header fields of one request and nothing else. A failing part makes the caller
 * `unverifiable`; only a verified, unrevoked credential makes it `authenticated`. Revocation is looked up on every
 * request, also for tokens that were verified before.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const { cookie, verify, keys, revocations } = options;

  function unlessRevoked(caller: Authenticated): Identity {
    if (revocations === undefined) return caller;
    const { jti, iat } = caller.claims;
    const answer = revocations.check({
      kind: caller.principal.kind,
      subject: caller.principal.id,
      jti: typeof jti === 'string' ? jti : undefined,
      iat: typeof iat === 'number' ? iat : undefined,
    });
    switch (answer) {
      case 'valid':
        return caller;
      case 'revoked':
        return { kind: 'rejected', code: 'revoked', detail: 'the credential was revoked' };
      case 'unknown':
        return { kind: 'unverifiable', cause: 'the revocation list is not loaded or too old' };
      default:
        return answer satisfies never;
    }
  }

  async function fromToken(token: string, credential: CredentialKind): Promise<Identity> {
    const result = await verify(token);
    if (result.kind !== 'verified') return result;
    const { principal, claims, expiresAt } = result;
    return unlessRevoked({ kind: 'authenticated', principal, credential, claims, expiresAt });
  }

  async function fromKey(key: string): Promise<Identity> {
    const result = await checkServiceAccountKey(key, keys);
    if (result.kind !== 'verified') return result;
    const { principal } = result;
    return unlessRevoked({
      kind: 'authenticated',
      principal,
      credential: 'service-account-key',
      claims: {},
      expiresAt: undefined,
    });
  }

  return async function authenticate(headers) {
    try {
      const credential = extractCredential(headers, cookie);
      switch (credential.kind) {
        case 'none':
          return ANONYMOUS;
        case 'bearer':
        case 'cookie':
          return await fromToken(credential.token, credential.kind);
        case 'service-account-key':
          return await fromKey(credential.key);
        case 'ambiguous':
        case 'rejected':
          return credential;
        default:
          return credential satisfies never;
      }
    } catch (error) {
      // INVARIANT: whatever throws, nobody is let in, and nobody is told their credential is bad.
      return { kind: 'unverifiable', cause: causeOf(error) };
    }
  };
}
