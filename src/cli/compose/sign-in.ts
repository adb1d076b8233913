import type { Config } from '../../config/config.js';
import type { SessionReader } from '../../credentials/authenticate.js';
import { readPrincipal, SERVICE_ACCOUNT_PREFIX } from '../../credentials/claimed-principal.js';
import type { RawHeaders } from '../../gate/headers.js';
import type { ProviderSignIn } from '../../http/control/call.js';
import type { Log } from '../../observe/log.js';
import { createBackchannel } from '../../session/backchannel.js';
import { hostCookie, partNames } from '../../session/cookies.js';
import { joinRevocations } from '../../session/joined-revocations.js';
import { createPersonReader } from '../../session/person.js';
import { createProvider } from '../../session/provider.js';
import { createMemoryRevocations, type SessionRevocations } from '../../session/revocations.js';
import { createSealer } from '../../session/seal.js';
import { createSessions } from '../../session/sessions.js';
import { createSignIn, tripCookieNames } from '../../session/sign-in.js';
import { createSessionEnd } from '../../session/sign-out.js';
import { ensureSessionKeys, sessionKeysPath } from '../../session/stored-keys.js';

export interface SignInDoor {
  readonly sessions: SessionReader;
  readonly renewalOf: (headers: RawHeaders) => readonly string[];
  readonly oidc: ProviderSignIn;
}

/** What was ended stays ended over a reload: one list for as long as the process serves. */
const lists = new WeakMap<object, SessionRevocations>();

export interface SignInParts {
  readonly config: Config;
  /** The same object over reloads. */
  readonly lifetime: object;
  /** Where an ended session is told to the other gateways. */
  readonly shared: readonly SessionRevocations[];
  readonly log: Log;
}

/** Sign-in with OpenID Connect, where it is configured. */
export async function composeSignIn(parts: SignInParts): Promise<SignInDoor | undefined> {
  const { config, lifetime, shared, log } = parts;
  const { signIn } = config;
  if (signIn === undefined) return undefined;
  const { session: times } = signIn;
  const { cookie } = times;
  const secure = usesHttps(config);
  const secrets =
    times.keys?.map(({ key }) => key) ?? (await ensureSessionKeys(sessionKeysPath(config.server.stateDir)));
  const providers = new Map(
    signIn.providers.map((provider) => [
      provider.id,
      createProvider({ ...provider, label: provider.label ?? provider.id }),
    ]),
  );
  const settings = new Map(signIn.providers.map((provider) => [provider.id, provider]));
  const readPerson = createPersonReader({
    providers: new Map([...settings].map(([id, { claims }]) => [id, claims])),
    readPrincipal(id, claims) {
      const provider = settings.get(id);
      if (provider === undefined) return { kind: 'refused', detail: 'the provider is not configured' };
      const { subjectPrefix: prefix = '' } = provider;
      const reserved = [SERVICE_ACCOUNT_PREFIX, ...prefixesOf(config).filter((other) => other !== prefix)];
      return readPrincipal(claims, provider.claims, { prefix, reserved });
    },
  });
  const own = lists.get(lifetime) ?? createMemoryRevocations();
  lists.set(lifetime, own);
  const revocations = joinRevocations(own, shared, (cause) =>
    log.error('an ended session could not be told to the other gateways', { cause }),
  );
  const sessions = createSessions({
    providers,
    readPerson,
    sealer: createSealer({ secrets, purpose: 'session' }),
    revocations,
    times,
    cookie,
    secure,
  });
  const { absoluteSeconds } = times;
  return {
    sessions,
    renewalOf: sessions.renewalOf,
    oidc: {
      providers: signIn.providers.map(({ id, label }) => ({ id, label: label ?? id })),
      ...createSignIn({
        providers,
        sealer: createSealer({ secrets, purpose: 'sign-in' }),
        sessions,
        cookie,
        secure,
      }),
      ...createSessionEnd({ providers, sessions, revocations, absoluteSeconds, cookie, secure }),
      endFromProvider: createBackchannel({ providers, revocations, absoluteSeconds }),
    },
  };
}

/** Cookies of ours that no upstream may see or set. */
export function sessionCookieNames(config: Config): readonly string[] {
  if (config.signIn === undefined) return [];
  const { cookie } = config.signIn.session;
  const secure = usesHttps(config);
  return [...partNames(hostCookie(cookie, secure)), ...tripCookieNames(cookie, secure)];
}

/** Beginnings of principals that belong to one issuer or provider each. */
export function prefixesOf({ platform, signIn }: Config): string[] {
  const all = [...platform.issuers, ...(signIn?.providers ?? [])];
  return [...new Set(all.flatMap(({ subjectPrefix }) => subjectPrefix ?? []))];
}

function usesHttps({ server }: Config): boolean {
  return server.publicUrl.every((url) => url.startsWith('https://'));
}
