import type { Identity } from '../../domain/identity.js';
import { readCookie, setCookie } from './cookie.js';

/** Remembers in the browser how often it was sent to the platform's sign-in just now. */
export const LOGIN_MARKER = '__auth_proxy_login';

/** Somebody who comes back later than this has begun anew. */
const WINDOW_SECONDS = 60;
/** Several tabs may each go once before the first is signed in, and then have no cookie yet. */
const MAX_TRIPS_WITHOUT_COOKIE = 3;

export type LoginTrip =
  | { readonly kind: 'go'; readonly cookie: string }
  /** Another trip would end where the last one did. */
  | { readonly kind: 'loop' };

export interface LoginTripInput {
  readonly cookieHeader: string | undefined;
  readonly identity: Identity['kind'];
  /** Whether the person asked for another try. */
  readonly again: boolean;
  readonly nowMs: number;
  readonly secure: boolean;
}

/**
 * Whether to send a browser to the platform's sign-in once more. Who was there a moment ago and comes back with a
 * credential we still refuse would go round for ever; so would, a little later, who comes back with none.
 */
export function nextLoginTrip({ cookieHeader, identity, again, nowMs, secure }: LoginTripInput): LoginTrip {
  const nowSeconds = Math.floor(nowMs / 1000);
  const before = again ? undefined : readMarker(cookieHeader, nowSeconds);
  const trips = before?.trips ?? 0;
  const allowed = identity === 'rejected' ? 1 : MAX_TRIPS_WITHOUT_COOKIE;
  if (trips >= allowed) return { kind: 'loop' };
  const value = `${trips + 1}.${before?.sinceSeconds ?? nowSeconds}`;
  return {
    kind: 'go',
    cookie: setCookie(LOGIN_MARKER, value, { path: '/', maxAgeSeconds: WINDOW_SECONDS, secure }),
  };
}

function readMarker(header: string | undefined, nowSeconds: number) {
  const match = /^(\d{1,3})\.(\d{1,12})$/.exec(readCookie(header, LOGIN_MARKER) ?? '');
  if (match === null) return undefined;
  const sinceSeconds = Number(match[2]);
  const age = nowSeconds - sinceSeconds;
  return age >= 0 && age <= WINDOW_SECONDS ? { trips: Number(match[1]), sinceSeconds } : undefined;
}
