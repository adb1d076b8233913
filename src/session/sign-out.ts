import { clearParts, hostCookie } from './cookies.js';
import type { Provider } from './provider.js';
import type { RawHeaders } from './raw-headers.js';
import { type SessionRevocations, sessionName } from './revocations.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

export interface SignOutOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly sessions: Sessions;
  readonly revocations: SessionRevocations;
  readonly absoluteSeconds: number;
  readonly cookie: string;
  readonly secure: boolean;
  /** Wall clock, epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export interface SignedOut {
  /** Whether there was a session. */
  readonly ended: boolean;
  /** Make the browser forget the session. */
  readonly cookies: readonly string[];
  /** The provider's own sign-out; undefined where there is none, or there was no session. */
  readonly location: string | undefined;
}

/** Where a provider sends people after its sign-out. */
export const SIGNED_OUT_PATH = '/.auth/signed-out';

/**
 * Ends the session these headers carry: in the browser, here for whoever copied the cookie, and at its provider
 * (OpenID Connect RP-Initiated Logout 1.0). The caller has checked before that the person asked for it.
 */
export function createSessionEnd(options: SignOutOptions) {
  const { providers, sessions, revocations, absoluteSeconds, secure, now = Date.now } = options;
  const cookies = clearParts(hostCookie(options.cookie, secure), secure);

  async function targetFor(session: Session | undefined, origin: string): Promise<string | undefined> {
    if (session === undefined) return undefined;
    const provider = providers.get(session.provider);
    return (await provider?.endSessionUrl(session.idToken, `${origin}${SIGNED_OUT_PATH}`))?.href;
  }

  return {
    /** Where {@link endSession} would lead. */
    signOutTarget: async (headers: RawHeaders, origin: string) =>
      targetFor(await sessions.peek(headers), origin),

    async endSession(headers: RawHeaders, origin: string): Promise<SignedOut> {
      const session = await sessions.peek(headers);
      if (session !== undefined) {
        const at = now() / 1000;
        await revocations.end(sessionName(session.id), at, at + absoluteSeconds);
      }
      return { ended: session !== undefined, cookies, location: await targetFor(session, origin) };
    },
  };
}
