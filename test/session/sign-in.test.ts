import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeProvider, startFakeProvider } from './fake-provider.js';
import { CLIENT_ID, createRig, ORIGIN } from './rig.js';

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider(CLIENT_ID);
});
afterAll(() => fake.stop());
beforeEach(() => {
  fake.answer = 'tokens';
  fake.claims = {};
  fake.tokenRequests.length = 0;
});

describe('signing in', () => {
  it('asks the provider with PKCE, state and nonce, each new, and no secret of them in the address', async () => {
    const rig = createRig(fake);
    const [a, b] = [
      await rig.signIn.begin({ provider: 'corp', origin: ORIGIN, returnTo: '/' }),
      await rig.signIn.begin({ provider: 'corp', origin: ORIGIN, returnTo: '/' }),
    ];
    if (a.kind !== 'go' || b.kind !== 'go') throw new Error('no trip');
    const [asked, again] = [new URL(a.location).searchParams, new URL(b.location).searchParams];
    expect(asked.get('response_type')).toBe('code');
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('redirect_uri')).toBe(`${ORIGIN}/.auth/callback/corp`);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
      expect(asked.get(name)).not.toBe(again.get(name));
    }
    expect(a.cookie).toMatch(
      /^__Host-s_trip\.[0-3]=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(asked.has('client_secret')).toBe(false);
  });

  it('sends the code with the verifier, and leads back', async () => {
    const rig = createRig(fake);
    const end = await rig.signIn.finish('corp', await rig.begin('/d/airflow/home'), rig.headers());
    expect(end).toMatchObject({ kind: 'signed-in', returnTo: '/d/airflow/home' });
    expect(fake.tokenRequests[0]?.get('code_verifier')).toMatch(/^[\w-]{64}$/);
  });

  it('begins a new session each time: none can be fixed before', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    const before = await rig.sessions.peek(rig.headers());
    await rig.signedIn();
    const after = await rig.sessions.peek(rig.headers());
    expect(after?.id).not.toBe(before?.id);
  });

  it.each<[string, (rig: ReturnType<typeof createRig>, address: URL) => void]>([
    ['in a browser that did not begin it', (rig) => rig.jar.clear()],
    ['with another state', (_rig, address) => address.searchParams.set('state', 'A'.repeat(43))],
    ['with two states', (_rig, address) => address.searchParams.append('state', 'A'.repeat(43))],
    ['without a state', (_rig, address) => address.searchParams.delete('state')],
    ['too late', (rig) => rig.pass(601)],
    [
      'with a trip that somebody changed',
      (rig) => {
        for (const [name, value] of rig.jar) rig.jar.set(name, `${value.slice(0, -4)}AAAA`);
      },
    ],
  ])('gives no session %s, and does not spend the code', async (_name, change) => {
    const rig = createRig(fake);
    const address = await rig.begin();
    change(rig, address);
    expect(await rig.signIn.finish('corp', address, rig.headers())).toEqual({ kind: 'not-begun' });
    expect(fake.tokenRequests).toHaveLength(0);
  });

  it.each([
    ['of another provider', 'other', ORIGIN],
    ['at another origin', 'corp', 'https://elsewhere.example.com'],
  ])('gives no session for an answer %s', async (_name, id, origin) => {
    const rig = createRig(fake);
    const address = new URL((await rig.begin()).href.replace(ORIGIN, origin));
    expect(await rig.signIn.finish(id, address, rig.headers())).toEqual({ kind: 'not-begun' });
  });

  it('refuses an ID token with another nonce', async () => {
    const rig = createRig(fake);
    const address = await rig.begin();
    fake.nonce = 'of another sign-in';
    expect(await rig.signIn.finish('corp', address, rig.headers())).toMatchObject({
      kind: 'refused',
      reason: 'provider',
    });
  });

  it.each([
    ['for another client', { aud: 'other' }],
    ['of another issuer', { iss: 'https://evil.example.com' }],
  ])('refuses an ID token %s', async (_name, claims) => {
    const rig = createRig(fake);
    const address = await rig.begin();
    fake.claims = claims;
    const end = await rig.signIn.finish('corp', address, rig.headers());
    expect(end.kind).not.toBe('signed-in');
  });

  it('tells a refusal from a provider that does not answer', async () => {
    const rig = createRig(fake);
    const denied = await rig.begin();
    denied.searchParams.delete('code');
    denied.searchParams.set('error', 'access_denied');
    expect(await rig.signIn.finish('corp', denied, rig.headers())).toMatchObject({
      kind: 'refused',
      reason: 'provider',
      detail: 'access_denied',
    });
    const address = await rig.begin();
    fake.answer = 'broken';
    expect(await rig.signIn.finish('corp', address, rig.headers())).toMatchObject({ kind: 'unavailable' });
  });

  it('refuses whom the gateway does not take, whatever the provider says', async () => {
    const rig = createRig(fake);
    fake.claims = { sub: 'nobody' };
    const end = await rig.signIn.finish('corp', await rig.begin(), rig.headers());
    expect(end).toMatchObject({ kind: 'refused', reason: 'person' });
  });

  it('knows no other providers', async () => {
    const { signIn } = createRig(fake);
    expect(await signIn.begin({ provider: 'x', origin: ORIGIN, returnTo: '/' })).toEqual({
      kind: 'unknown-provider',
    });
  });

  it('says so where the provider cannot be asked', async () => {
    const gone = await startFakeProvider(CLIENT_ID);
    const { signIn } = createRig(gone);
    await gone.stop();
    const trip = await signIn.begin({ provider: 'corp', origin: ORIGIN, returnTo: '/' });
    expect(trip).toEqual({ kind: 'unavailable' });
  });
});
