import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { ASYMMETRIC_ALGORITHMS } from '../domain/algorithm.js';
import type { Provider } from './provider.js';
import { providerSessionName, type SessionRevocations, subjectName } from './revocations.js';

export interface BackchannelOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly revocations: SessionRevocations;
  /** No session lives longer. */
  readonly absoluteSeconds: number;
  /** Wall clock, epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export type BackchannelAnswer =
  | { readonly kind: 'ended'; readonly provider: string; readonly subject: string | undefined }
  | { readonly kind: 'refused'; readonly detail: string }
  /** The provider's keys, or a list shared with other processes, cannot be reached: it should try again. */
  | { readonly kind: 'unavailable'; readonly cause: string };

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** RFC 9864 2.2 gives EdDSA a second name. */
const ALGORITHMS = [...ASYMMETRIC_ALGORITHMS, 'Ed25519'];
const MAX_TOKEN_CHARACTERS = 8192;
const CLOCK_TOLERANCE_SECONDS = 10;
/** A logout token is for now; one without `exp` is not taken after so long. */
const MAX_AGE_SECONDS = 120;
const KEYS_TIMEOUT_MS = 5000;

/**
 * Takes a provider's word that a session, or everything of a person, is over (OpenID Connect Back-Channel Logout 1.0).
 * Anybody can call this: only the token counts. Its unverified `iss` and `aud` only pick the configured provider. The
 * same token again ends the same sessions again, and none that began after it was made.
 */
export function createBackchannel(options: BackchannelOptions) {
  const { providers, revocations, absoluteSeconds, now = Date.now } = options;
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

  async function keysOf(provider: Provider) {
    const { jwks_uri: address } = await provider.metadata();
    if (address === undefined) throw new Error('the provider names no keys');
    const known = keySets.get(address);
    if (known !== undefined) return known;
    const keys = createRemoteJWKSet(new URL(address), { timeoutDuration: KEYS_TIMEOUT_MS });
    keySets.set(address, keys);
    return keys;
  }

  return async function endFromProvider(token: string): Promise<BackchannelAnswer> {
    if (token.length > MAX_TOKEN_CHARACTERS) return refused('the token is too long');
    const provider = pick(providers, token);
    if (provider === undefined) return refused('no configured provider made it');
    const { issuer, clientId, id } = provider.options;
    let claims: JWTPayload;
    try {
      const keys = await keysOf(provider);
      const verified = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: (await provider.metadata()).issuer,
        audience: clientId,
        requiredClaims: ['iat', 'jti', 'events'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: MAX_AGE_SECONDS,
        currentDate: new Date(now()),
      });
      const { typ } = verified.protectedHeader;
      // 2.4: `logout+jwt` is recommended; an ID token in its place has no `events`.
      if (typ !== undefined && !/^(?:application\/)?(?:logout\+jwt|jwt)$/i.test(typ))
        return refused('it is a token of another kind');
      claims = verified.payload;
    } catch (error) {
      return isAboutToken(error)
        ? refused('it is not valid')
        : { kind: 'unavailable', cause: 'the provider’s keys cannot be read' };
    }
    const { sub, sid, events, iat = 0 } = claims;
    if (typeof events !== 'object' || events === null || !Object.hasOwn(events, EVENT))
      return refused('it names no back-channel logout');
    // 2.6: so that no ID token passes for one.
    if (claims.nonce !== undefined) return refused('it holds a nonce');
    const named = typeof sid === 'string' && sid !== '';
    if (!named && typeof sub !== 'string') return refused('it names neither a session nor a person');
    const name = named ? providerSessionName(issuer, sid) : subjectName(issuer, String(sub));
    // `iat` is a whole second: a session begun within it was meant too.
    const at = iat + 1;
    try {
      await revocations.end(name, at, at + absoluteSeconds);
    } catch {
      return { kind: 'unavailable', cause: 'the end of the session cannot be made known' };
    }
    return { kind: 'ended', provider: id, subject: sub };
  };
}

function pick(providers: ReadonlyMap<string, Provider>, token: string): Provider | undefined {
  try {
    const { iss, aud } = decodeJwt(token);
    const audience = Array.isArray(aud) ? aud : [aud];
    return [...providers.values()].find(
      ({ options: { issuer, clientId } }) => sameIssuer(issuer, iss) && audience.includes(clientId),
    );
  } catch {
    return undefined;
  }
}

/** A provider may write its name with the final slash or without, where it is the root. */
function sameIssuer(configured: string, written: string | undefined): boolean {
  return written !== undefined && URL.canParse(written) && new URL(configured).href === new URL(written).href;
}

/** jose's errors about a token, and not about getting the keys. */
function isAboutToken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    /^ERR_(?:JW[ST]_|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED)/.test(code) ||
    code === 'ERR_JWKS_NO_MATCHING_KEY'
  );
}

function refused(detail: string): BackchannelAnswer {
  return { kind: 'refused', detail };
}
