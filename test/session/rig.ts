import { createBackchannel } from '../../src/session/backchannel.js';
import { createProvider } from '../../src/session/provider.js';
import type { RawHeaders } from '../../src/session/raw-headers.js';
import { createMemoryRevocations } from '../../src/session/revocations.js';
import { createSealer } from '../../src/session/seal.js';
import { createSessions, type ReadPerson, type SessionTimes } from '../../src/session/sessions.js';
import { createSignIn } from '../../src/session/sign-in.js';
import { createSessionEnd } from '../../src/session/sign-out.js';
import type { FakeProvider } from './fake-provider.js';

export const CLIENT_ID = 'gateway';
export const ORIGIN = 'https://airflow.example.com';
const COOKIE = 's';

const readPerson: ReadPerson = (_provider, { sub, groups }) =>
  typeof sub === 'string' && sub !== 'nobody'
    ? {
        kind: 'principal',
        principal: {
          kind: 'user',
          id: sub,
          email: undefined,
          name: undefined,
          groups: Array.isArray(groups) ? groups : [],
        },
      }
    : { kind: 'refused', detail: 'nobody may enter' };

export const TIMES: SessionTimes = {
  absoluteSeconds: 36_000,
  idleSeconds: 3600,
  refreshSeconds: 300,
  staleForSeconds: 60,
};

/** The session floor put together around one provider, with a clock of its own and a browser of one jar. */
export function createRig(fake: FakeProvider, times: SessionTimes = TIMES) {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const provider = createProvider(
    {
      id: 'corp',
      label: 'Corporate login',
      issuer: fake.issuer,
      clientId: CLIENT_ID,
      clientSecret: 'secret',
      scopes: ['openid'],
    },
    now,
  );
  const providers = new Map([['corp', provider]]);
  const revocations = createMemoryRevocations({ now });
  const secrets = ['a secret of this test, long enough'];
  const process = () =>
    createSessions({
      providers,
      readPerson,
      sealer: createSealer({ secrets, purpose: 'session' }),
      revocations,
      times,
      cookie: COOKIE,
      secure: true,
      now,
    });
  const sessions = process();
  const common = { providers, sessions, cookie: COOKIE, secure: true, now };
  const signIn = createSignIn({ ...common, sealer: createSealer({ secrets, purpose: 'sign-in' }) });
  const jar = new Map<string, string>();

  function keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = ''] = cookie.split(';', 1);
      const name = pair.slice(0, pair.indexOf('='));
      if (cookie.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
  }

  return {
    provider,
    sessions,
    signIn,
    jar,
    keep,
    /** Another process with the same keys and its own memory. */
    process,
    ...createSessionEnd({ ...common, revocations, absoluteSeconds: times.absoluteSeconds }),
    backchannel: createBackchannel({ providers, revocations, absoluteSeconds: times.absoluteSeconds, now }),
    nowSeconds: () => now() / 1000,
    /** Lets so much time pass. */
    pass(seconds: number): void {
      ahead += seconds * 1000;
    },
    headers: (): RawHeaders => [['Cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; ')]],
    /** To the provider and back, as a browser would. */
    async begin(returnTo = '/'): Promise<URL> {
      const trip = await signIn.begin({ provider: 'corp', origin: ORIGIN, returnTo });
      if (trip.kind !== 'go') throw new Error(`no trip but ${trip.kind}`);
      keep([trip.cookie]);
      const asked = new URL(trip.location);
      fake.nonce = asked.searchParams.get('nonce') ?? undefined;
      const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'code');
      back.searchParams.set('state', asked.searchParams.get('state') ?? '');
      return back;
    },
    async signedIn(): Promise<void> {
      const end = await signIn.finish('corp', await this.begin(), this.headers());
      if (end.kind !== 'signed-in') throw new Error(`not signed in but ${JSON.stringify(end)}`);
      fake.nonce = undefined;
      keep(end.cookies);
    },
  };
}
