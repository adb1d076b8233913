import { randomBytes } from 'node:crypto';
import { cookiesOf, hostCookie, setCookie } from './cookies.js';
import type { Provider } from './provider.js';
import type { RawHeaders } from './raw-headers.js';
import type { Sealer } from './seal.js';
import type { BegunSession, Sessions } from './sessions.js';

export interface SignInOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly sealer: Sealer;
  readonly sessions: Sessions;
  /** Beginning of the cookies' name, without `__Host-`. */
  readonly cookie: string;
  readonly secure: boolean;
  /** Wall clock, epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export interface SignInStart {
  readonly provider: string;
  /** Our own origin that the person is on. */
  readonly origin: string;
  /** Checked way back. */
  readonly returnTo: string;
}

export type SignInTrip =
  | { readonly kind: 'go'; readonly location: string; readonly cookie: string }
  | { readonly kind: 'unknown-provider' }
  | { readonly kind: 'unavailable' };

export type SignInEnd =
  | {
      readonly kind: 'signed-in';
      readonly session: (BegunSession & { kind: 'begun' })['session'];
      readonly cookies: readonly string[];
      readonly returnTo: string;
    }
  /** Not begun in this browser, begun too long ago, or ended before: never a session (threats S4). */
  | { readonly kind: 'not-begun' }
  | {
      readonly kind: 'refused';
      readonly reason: 'provider' | 'person' | 'size';
      readonly detail: string;
      readonly returnTo: string;
      readonly cookies: readonly string[];
    }
  | { readonly kind: 'unavailable'; readonly cause: string; readonly returnTo: string };

export interface SignIn {
  /** Sends a browser to a provider and has it keep what will prove that the answer is meant for it. */
  begin(start: SignInStart): Promise<SignInTrip>;
  /** Takes the provider's answer. `address` is the callback's, by our own origin. Never rejects. */
  finish(provider: string, address: URL, headers: RawHeaders): Promise<SignInEnd>;
}

/** What the browser keeps, sealed, while it is at the provider. */
interface Trip {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly provider: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly begunAt: number;
}

/** So many tabs may be at a provider at once; the names are few and known, so that they can be kept from upstreams. */
const SLOTS = 4;
const TRIP_SECONDS = 10 * 60;

/** Names of the cookies a sign-in under way has. */
export function tripCookieNames(cookie: string, secure: boolean): string[] {
  return Array.from({ length: SLOTS }, (_, slot) => hostCookie(`${cookie}_trip.${slot}`, secure));
}

/** Where a provider sends people back to. One address for each: an answer of one cannot pass for another's. */
export function callbackPath(provider: string): string {
  return `/.auth/callback/${provider}`;
}

/**
 * The authorization code flow with PKCE (RFC 7636), state and nonce, all three bound to the browser by a sealed cookie
 * of ten minutes (RFC 9700 2.1, 4.7).
 */
export function createSignIn(options: SignInOptions): SignIn {
  const { providers, sealer, sessions, secure, now = Date.now } = options;
  const names = tripCookieNames(options.cookie, secure);

  function nameFor(state: string): string {
    const slot = (Buffer.from(state, 'base64url')[0] ?? 0) % SLOTS;
    return names[slot] ?? '';
  }

  async function tripOf(state: string, headers: RawHeaders): Promise<Trip | undefined> {
    const name = nameFor(state);
    const found = cookiesOf(headers, new Set([name]));
    const value = found === 'twice' ? undefined : found.get(name);
    const opened = value === undefined ? undefined : await sealer.open(value);
    // INVARIANT: only this file seals with the key of this purpose.
    const trip = opened as Trip | undefined;
    if (trip === undefined || trip.state !== state) return undefined;
    return now() / 1000 - trip.begunAt <= TRIP_SECONDS ? trip : undefined;
  }

  return {
    async begin({ provider: id, origin, returnTo }) {
      const provider = providers.get(id);
      if (provider === undefined) return { kind: 'unknown-provider' };
      const trip: Trip = {
        state: randomBytes(32).toString('base64url'),
        nonce: randomBytes(32).toString('base64url'),
        // RFC 7636 4.1: 43 to 128 characters.
        codeVerifier: randomBytes(48).toString('base64url'),
        provider: id,
        redirectUri: `${origin}${callbackPath(id)}`,
        returnTo,
        begunAt: now() / 1000,
      };
      try {
        const location = await provider.authorizationUrl(trip);
        const value = await sealer.seal(trip);
        return {
          kind: 'go',
          location: location.href,
          cookie: setCookie(nameFor(trip.state), value, { secure, maxAgeSeconds: TRIP_SECONDS }),
        };
      } catch {
        return { kind: 'unavailable' };
      }
    },

    async finish(id, address, headers) {
      const states = address.searchParams.getAll('state');
      const [state] = states;
      const trip = states.length === 1 && state !== undefined ? await tripOf(state, headers) : undefined;
      const provider = providers.get(id);
      const own = `${address.origin}${address.pathname}`;
      if (trip === undefined || provider === undefined || trip.provider !== id || trip.redirectUri !== own)
        return { kind: 'not-begun' };
      const { returnTo } = trip;
      // One answer for one trip: the code is spent whatever comes of it.
      const done = setCookie(nameFor(trip.state), '', { secure, maxAgeSeconds: 0 });
      const answer = await provider.exchange(address, trip);
      switch (answer.kind) {
        case 'refused':
          return { kind: 'refused', reason: 'provider', detail: answer.code, returnTo, cookies: [done] };
        case 'unavailable':
          return { kind: 'unavailable', cause: answer.cause, returnTo };
        case 'vouched':
          break;
        default:
          return answer satisfies never;
      }
      const begun = await sessions.begin(id, answer);
      if (begun.kind === 'refused') return { ...begun, returnTo, cookies: [done] };
      return { kind: 'signed-in', session: begun.session, cookies: [...begun.cookies, done], returnTo };
    },
  };
}
