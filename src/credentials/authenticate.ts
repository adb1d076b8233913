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

/** A further credential that a browser may bring beside the platform cookie: a session of our own. */
export interface SessionReader {
  /** Undefined: the request carries none. Never rejects. */
  read(headers: RawHeaders): Promise<Identity> | undefined;
}

export interface AuthenticatorOptions {
  /** Exact name of the platform cookie. */
  readonly cookie: string;
  /** Usually cached; revocation is looked up after it. */
  readonly verify: Verify;
  readonly keys: ServiceAccountKeys;
  readonly revocations?: Revocations | undefined;
  readonly sessions?: SessionReader | undefined;
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
  const { cookie, verify, keys, revocations, sessions } = options;

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

  async function fromPlatform(headers: RawHeaders): Promise<Identity> {
    const credential = extractCredential(headers, cookie);
    switch (credential.kind) {
      case 'none':
        return ANONYMOUS;
      case 'bearer':
      case 'cookie':
        return fromToken(credential.token, credential.kind);
      case 'service-account-key':
        return fromKey(credential.key);
      case 'ambiguous':
      case 'rejected':
        return credential;
      default:
        return credential satisfies never;
    }
  }

  return async function authenticate(headers) {
    try {
      const session = sessions?.read(headers);
      if (session === undefined) return await fromPlatform(headers);
      const read = await session;
      const own = read.kind === 'authenticated' ? unlessRevoked(read) : read;
      return joinCredentials(await fromPlatform(headers), own, hasAuthorization(headers));
    } catch (error) {
      // INVARIANT: whatever throws, nobody is let in, and nobody is told their credential is bad.
      return { kind: 'unverifiable', cause: causeOf(error) };
    }
  };
}

/**
 * One caller out of what the platform's credential and a session of ours say. Two people are ambiguous. Of two cookies
 * one that is over does not stand in the way of the other, since both are of the same kind; a bad `Authorization`
 * header never falls back to a session (threats J15).
 */
function joinCredentials(platform: Identity, session: Identity, header: boolean): Identity {
  switch (platform.kind) {
    case 'anonymous':
      return session;
    case 'ambiguous':
    case 'unverifiable':
      return platform;
    case 'rejected':
      return header ? platform : session;
    case 'authenticated':
      break;
    default:
      return platform satisfies never;
  }
  switch (session.kind) {
    case 'authenticated': {
      const [a, b] = [platform.principal, session.principal];
      const same = a.kind === b.kind && a.id === b.id;
      return same
        ? platform
        : { kind: 'ambiguous', detail: 'the session and the other credential are of two people' };
    }
    case 'unverifiable':
    case 'ambiguous':
      return session;
    case 'anonymous':
    case 'rejected':
      return platform;
    default:
      return session satisfies never;
  }
}

function hasAuthorization(headers: RawHeaders): boolean {
  return headers.some(([name]) => name.length === 13 && name.toLowerCase() === 'authorization');
}
