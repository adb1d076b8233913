import { createHash, randomBytes } from 'node:crypto';
import type { Identity } from '../domain/identity.js';
import type { Principal } from '../domain/principal.js';
import { hostCookie, readParts, writeParts } from './cookies.js';
import type { Provider, ProviderAnswer, Vouched } from './provider.js';
import type { RawHeaders } from './raw-headers.js';
import { revocationNames, type SessionRevocations } from './revocations.js';
import type { Sealer } from './seal.js';
import { personalClaims, readSession, type Session } from './session.js';

/** Who a person is, from validated claims, by the provider's settings. */
export type ReadPerson = (
  provider: string,
  claims: Readonly<Record<string, unknown>>,
) =>
  | { readonly kind: 'principal'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly detail: string };

export interface SessionTimes {
  /** From the sign-in on, whatever the person does. */
  readonly absoluteSeconds: number;
  /** Without a request. */
  readonly idleSeconds: number;
  /** The provider is asked again after so long, where it gave a refresh token. */
  readonly refreshSeconds: number;
  /** How long a session goes on beyond that while the provider does not answer. */
  readonly staleForSeconds: number;
}

export interface SessionsOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly readPerson: ReadPerson;
  readonly sealer: Sealer;
  readonly revocations: SessionRevocations;
  readonly times: SessionTimes;
  /** Name of the cookie, without `__Host-`. */
  readonly cookie: string;
  /** Whether people come by https: then the cookie is `__Host-` and `Secure`. */
  readonly secure: boolean;
  /** Wall clock, epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export interface Sessions {
  /** Whose session these headers carry; undefined where they carry none. Never rejects. */
  read(headers: RawHeaders): Promise<Identity> | undefined;
  /** What {@link read} found out for these very headers and the browser does not know yet: `Set-Cookie` values. */
  renewalOf(headers: RawHeaders): readonly string[];
  /** The session in these headers, over or not, for signing out. */
  peek(headers: RawHeaders): Promise<Session | undefined>;
  /** A new session for somebody who was just vouched for. */
  begin(provider: string, vouched: Vouched): Promise<BegunSession>;
}

export type BegunSession =
  | { readonly kind: 'begun'; readonly session: Session; readonly cookies: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: 'person' | 'size'; readonly detail: string };

/** A session as this process knows it, which may be newer than the cookie. */
type Known = { readonly kind: 'live'; readonly session: Session } | { readonly kind: 'over' };

/** Bounds memory: what is forgotten is read from the cookie again. */
const MAX_KNOWN = 10_000;
const MAX_OPENED = 2000;
/** A provider that did not answer is asked again for the same session after so long. */
const RETRY_SECONDS = 15;
/** Tokens are renewed so long before they end. */
const MARGIN_SECONDS = 30;

/**
 * Sessions held by browsers in sealed cookies. This process remembers what it renewed, so that requests under way with
 * the older cookie, and a browser that never got the newer one, go on; and it renews each session once at a time.
 */
export function createSessions(options: SessionsOptions): Sessions {
  const { providers, sealer, revocations, times, secure, now = Date.now } = options;
  const cookie = hostCookie(options.cookie, secure);
  const known = new Map<string, Known>();
  const opened = new Map<string, Session>();
  const underWay = new Map<string, Promise<Renewal>>();
  const retryAt = new Map<string, number>();
  const renewals = new WeakMap<RawHeaders, readonly string[]>();
  const nowSeconds = () => now() / 1000;
  const touchSeconds = Math.min(60, times.idleSeconds / 10);

  async function open(value: string): Promise<Session | undefined> {
    const digest = createHash('sha256').update(value).digest('base64');
    const before = opened.get(digest);
    if (before !== undefined) return before;
    const session = readSession(await sealer.open(value));
    if (session !== undefined) remember(opened, digest, session, MAX_OPENED);
    return session;
  }

  /** Why a session is over; undefined while it is not. */
  function endOf(session: Session): Identity | undefined {
    const at = nowSeconds();
    const provider = providers.get(session.provider);
    const settings = provider?.options;
    if (settings?.issuer !== session.issuer || settings.clientId !== session.clientId)
      return rejected('unknown-issuer', 'the provider of the session is not configured any more');
    if (at - session.startedAt > times.absoluteSeconds) return rejected('expired', 'the session is too old');
    if (at - session.seenAt > times.idleSeconds) return rejected('expired', 'the session was idle too long');
    const endedAt = revocations.endedAt(revocationNames(session));
    if (endedAt !== undefined && endedAt >= session.startedAt)
      return rejected('revoked', 'the session was ended');
    return undefined;
  }

  async function readValue(headers: RawHeaders, value: string): Promise<Identity> {
    const sealed = await open(value);
    if (sealed === undefined) return rejected('malformed', 'the session cookie does not open');
    const memory = known.get(sealed.id);
    if (memory?.kind === 'over') return rejected('revoked', 'the session was ended');
    const session = newerOf(sealed, memory?.session);
    const ended = endOf(session);
    if (ended !== undefined) return ended;
    const renewal = await renew(session);
    switch (renewal.kind) {
      case 'over':
        remember(known, session.id, { kind: 'over' }, MAX_KNOWN);
        return rejected('revoked', renewal.detail);
      case 'unknown':
        return { kind: 'unverifiable', cause: renewal.cause };
      case 'live':
        break;
      default:
        return renewal satisfies never;
    }
    const seen = touched(renewal.session);
    if (seen !== sealed) {
      remember(known, seen.id, { kind: 'live', session: seen }, MAX_KNOWN);
      renewals.set(headers, (await cookiesFor(seen)) ?? []);
    }
    return identityOf(seen, times.absoluteSeconds);
  }

  function touched(session: Session): Session {
    const at = nowSeconds();
    return at - session.seenAt < touchSeconds ? session : { ...session, seenAt: at };
  }

  async function renew(session: Session): Promise<Renewal> {
    const { refreshToken, refreshAt } = session;
    if (refreshToken === undefined || refreshAt === undefined || nowSeconds() < refreshAt)
      return { kind: 'live', session };
    const waiting = (retryAt.get(session.id) ?? 0) > nowSeconds();
    if (waiting) return unvouched(session, 'the provider did not answer just now');
    let pending = underWay.get(session.id);
    if (pending === undefined) {
      pending = ask(session, refreshToken).finally(() => underWay.delete(session.id));
      underWay.set(session.id, pending);
    }
    return pending;
  }

  async function ask(session: Session, refreshToken: string): Promise<Renewal> {
    const provider = providers.get(session.provider);
    const answer: ProviderAnswer =
      provider === undefined
        ? { kind: 'refused', code: 'no provider' }
        : await provider.refresh(refreshToken, session.subject);
    switch (answer.kind) {
      case 'refused':
        return { kind: 'over', detail: `the provider refused to renew the session: ${answer.code}` };
      case 'unavailable':
        remember(retryAt, session.id, nowSeconds() + RETRY_SECONDS, MAX_KNOWN);
        return unvouched(session, answer.cause);
      case 'vouched':
        break;
      default:
        return answer satisfies never;
    }
    // A refreshed answer may lack the ID token: then what was known of the person stays.
    const claims = { ...session.claims, ...personalClaims(answer.claims) };
    const person = options.readPerson(session.provider, claims);
    if (person.kind === 'refused') return { kind: 'over', detail: person.detail };
    if (person.principal.id !== session.principal.id)
      return { kind: 'over', detail: 'the provider calls the person differently now' };
    const next: Session = {
      ...session,
      principal: person.principal,
      claims,
      idToken: answer.idToken ?? session.idToken,
      refreshToken: answer.refreshToken ?? refreshToken,
      checkedAt: nowSeconds(),
      refreshAt: refreshAtFor(answer),
    };
    remember(known, next.id, { kind: 'live', session: next }, MAX_KNOWN);
    return { kind: 'live', session: next };
  }

  /** While nobody vouches the session goes on for a while, and then nobody knows. */
  function unvouched(session: Session, cause: string): Renewal {
    const limit = session.checkedAt + times.refreshSeconds + times.staleForSeconds;
    return nowSeconds() <= limit ? { kind: 'live', session } : { kind: 'unknown', cause };
  }

  function refreshAtFor({ expiresInSeconds = Number.POSITIVE_INFINITY }: Vouched): number {
    const soon = Math.max(expiresInSeconds - MARGIN_SECONDS, expiresInSeconds / 2);
    return nowSeconds() + Math.min(times.refreshSeconds, soon);
  }

  /** Without the ID token where it would not fit: the provider's sign-out page then asks once more. */
  async function cookiesFor(session: Session): Promise<string[] | undefined> {
    const whole = writeParts(cookie, await sealer.seal(session), secure);
    if (whole !== undefined) return whole;
    return writeParts(cookie, await sealer.seal({ ...session, idToken: undefined }), secure);
  }

  return {
    read(headers) {
      const found = readParts(headers, cookie);
      switch (found.kind) {
        case 'none':
          return undefined;
        case 'broken':
          return Promise.resolve(rejected('malformed', 'the session cookie is not whole'));
        case 'one':
          return readValue(headers, found.value);
        default:
          return found satisfies never;
      }
    },

    renewalOf: (headers) => renewals.get(headers) ?? NOTHING,

    async peek(headers) {
      const found = readParts(headers, cookie);
      const sealed = found.kind === 'one' ? await open(found.value) : undefined;
      const memory = sealed && known.get(sealed.id);
      return sealed && newerOf(sealed, memory?.kind === 'live' ? memory.session : undefined);
    },

    async begin(providerId, vouched) {
      const provider = providers.get(providerId);
      if (provider === undefined) throw new RangeError('no such provider');
      const { issuer, clientId } = provider.options;
      const claims = personalClaims(vouched.claims);
      const person = options.readPerson(providerId, claims);
      if (person.kind === 'refused') return { kind: 'refused', reason: 'person', detail: person.detail };
      const { sid } = vouched.claims;
      const at = nowSeconds();
      const session: Session = {
        version: 1,
        id: randomBytes(16).toString('base64url'),
        provider: providerId,
        issuer,
        clientId,
        subject: vouched.subject,
        providerSession: typeof sid === 'string' && sid !== '' ? sid : undefined,
        principal: person.principal,
        claims,
        idToken: vouched.idToken,
        refreshToken: vouched.refreshToken,
        startedAt: at,
        checkedAt: at,
        refreshAt: vouched.refreshToken === undefined ? undefined : refreshAtFor(vouched),
        seenAt: at,
      };
      const cookies = await cookiesFor(session);
      if (cookies === undefined)
        return {
          kind: 'refused',
          reason: 'size',
          detail: 'what the provider says of the person does not fit into cookies; ask it for fewer claims',
        };
      return { kind: 'begun', session, cookies };
    },
  };
}

type Renewal =
  | { readonly kind: 'live'; readonly session: Session }
  | { readonly kind: 'over'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly cause: string };

const NOTHING: readonly string[] = [];

/** What the provider said last, and when the person was last seen, wherever each is known. */
function newerOf(sealed: Session, remembered: Session | undefined): Session {
  if (remembered === undefined) return sealed;
  const newer = remembered.checkedAt >= sealed.checkedAt ? remembered : sealed;
  const seenAt = Math.max(remembered.seenAt, sealed.seenAt);
  return newer.seenAt === seenAt ? newer : { ...newer, seenAt };
}

/**
 * A session is a cookie credential, with all that follows for requests from other sites. `jti` is the session's id and
 * `iat` its beginning: a not-before reaches every session that was begun until then, however often it was renewed.
 */
function identityOf(session: Session, absoluteSeconds: number): Identity {
  const iat = Math.floor(session.startedAt);
  return {
    kind: 'authenticated',
    principal: session.principal,
    credential: 'cookie',
    claims: { ...session.claims, iss: session.issuer, jti: session.id, iat },
    expiresAt: iat + absoluteSeconds,
  };
}

function rejected(code: 'malformed' | 'unknown-issuer' | 'expired' | 'revoked', detail: string): Identity {
  return { kind: 'rejected', code, detail };
}

/** The oldest go first. */
function remember<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
