import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeProvider, startFakeProvider } from './fake-provider.js';
import { CLIENT_ID, createRig, TIMES } from './rig.js';

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

describe('a session', () => {
  it('is a cookie credential of the person, with its own id and beginning for revocations', async () => {
    const rig = createRig(fake);
    fake.claims = { groups: ['staff'], roleBindings: [{ role: 'SYSTEM_VIEWER' }], at_hash: 'x' };
    await rig.signedIn();
    const identity = await rig.sessions.read(rig.headers());
    expect(identity).toMatchObject({
      kind: 'authenticated',
      credential: 'cookie',
      principal: { kind: 'user', id: 'ada', groups: ['staff'] },
      claims: {
        sub: 'ada',
        iss: fake.issuer,
        jti: expect.stringMatching(/^[\w-]{22}$/),
        iat: Math.floor(rig.nowSeconds()),
        roleBindings: [{ role: 'SYSTEM_VIEWER' }],
      },
    });
    expect(JSON.stringify(identity)).not.toMatch(/refresh-|at_hash|nonce/);
  });

  it('is not there without a cookie, and refused where the cookie is not whole or not ours', async () => {
    const rig = createRig(fake);
    expect(rig.sessions.read([])).toBeUndefined();
    expect(await rig.sessions.read([['cookie', '__Host-s=1.abc']])).toMatchObject({
      kind: 'rejected',
      code: 'malformed',
    });
    await rig.signedIn();
    const twice = `${rig.headers()[0]?.[1]}; ${rig.headers()[0]?.[1]}`;
    expect(await rig.sessions.read([['cookie', twice]])).toMatchObject({ code: 'malformed' });
  });

  it('spreads over several cookies when the provider says much', async () => {
    const rig = createRig(fake);
    fake.claims = { groups: Array.from({ length: 150 }, (_, i) => `a rather long name of group ${i}`) };
    await rig.signedIn();
    expect([...rig.jar.keys()]).toContain('__Host-s.2');
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'authenticated' });
  });

  it('is refused at the sign-in where it would not fit', async () => {
    const rig = createRig(fake);
    fake.claims = { groups: Array.from({ length: 600 }, (_, i) => `a rather long name of group ${i}`) };
    const end = await rig.signIn.finish('corp', await rig.begin(), rig.headers());
    expect(end).toMatchObject({ kind: 'refused', reason: 'size' });
  });

  it('ends after its absolute lifetime, however busy', async () => {
    const rig = createRig(fake, { ...TIMES, absoluteSeconds: 1000, refreshSeconds: 5000 });
    await rig.signedIn();
    for (let i = 0; i < 9; i += 1) {
      rig.pass(100);
      const headers = rig.headers();
      expect(await rig.sessions.read(headers)).toMatchObject({ kind: 'authenticated' });
      rig.keep(rig.sessions.renewalOf(headers));
    }
    rig.pass(101);
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'rejected', code: 'expired' });
  });

  it('ends when idle, and not before: being seen is written to the cookie', async () => {
    const rig = createRig(fake, { ...TIMES, idleSeconds: 600, refreshSeconds: 5000 });
    await rig.signedIn();
    rig.pass(590);
    const headers = rig.headers();
    expect(await rig.sessions.read(headers)).toMatchObject({ kind: 'authenticated' });
    rig.keep(rig.sessions.renewalOf(headers));
    rig.pass(590);
    expect(await rig.process().read(rig.headers())).toMatchObject({ kind: 'authenticated' });
    rig.pass(601);
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'rejected', code: 'expired' });
  });

  it('has nothing to tell the browser while nothing changed', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    const headers = rig.headers();
    await rig.sessions.read(headers);
    expect(rig.sessions.renewalOf(headers)).toEqual([]);
  });
});

describe('renewing a session', () => {
  it('asks the provider once for all requests that come together', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    rig.pass(301);
    fake.claims = { groups: ['promoted'] };
    const identities = await Promise.all(Array.from({ length: 20 }, () => rig.sessions.read(rig.headers())));
    expect(fake.tokenRequests).toHaveLength(2);
    expect(fake.tokenRequests[1]?.get('refresh_token')).toBe('refresh-1');
    for (const identity of identities)
      expect(identity).toMatchObject({ kind: 'authenticated', principal: { groups: ['promoted'] } });
  });

  it('goes on for a browser that never got the renewed cookie', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    for (let i = 0; i < 3; i += 1) {
      rig.pass(301);
      expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'authenticated' });
    }
    expect(fake.tokenRequests.map((form) => form.get('refresh_token'))).toEqual([
      null,
      'refresh-1',
      'refresh-2',
      'refresh-3',
    ]);
  });

  it('hands the renewed session to another process by the cookie', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    rig.pass(301);
    const headers = rig.headers();
    await rig.sessions.read(headers);
    rig.keep(rig.sessions.renewalOf(headers));
    expect(await rig.process().read(rig.headers())).toMatchObject({ kind: 'authenticated' });
    expect(fake.tokenRequests).toHaveLength(2);
  });

  it('ends the session of a person the provider does not vouch for any more', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    rig.pass(301);
    fake.answer = 'invalid_grant';
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'rejected', code: 'revoked' });
    fake.answer = 'tokens';
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'rejected', code: 'revoked' });
  });

  it.each([
    ['another person', { sub: 'eve' }],
    ['somebody who may not enter', { sub: 'nobody' }],
  ])('never turns a session into that of %s', async (_name, claims) => {
    const rig = createRig(fake);
    await rig.signedIn();
    rig.pass(301);
    fake.claims = claims;
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'rejected', code: 'revoked' });
  });

  it.each(['broken', 'invalid_client'] as const)(
    'goes on for a while where the provider is %s, and then nobody knows; nobody is signed out',
    async (answer) => {
      const rig = createRig(fake);
      await rig.signedIn();
      rig.pass(301);
      fake.answer = answer;
      expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'authenticated' });
      // Not asked again by every request.
      await rig.sessions.read(rig.headers());
      expect(fake.tokenRequests).toHaveLength(2);
      rig.pass(60);
      expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'unverifiable' });
      fake.answer = 'tokens';
      rig.pass(16);
      expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'authenticated' });
    },
  );
});

describe('ending a session', () => {
  it('forgets it in the browser, refuses copies of it, and leads to the provider', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    const copy = rig.headers();
    const ended = await rig.endSession(copy, 'https://airflow.example.com');
    expect(ended.ended).toBe(true);
    const target = new URL(ended.location ?? '');
    expect(`${target.origin}${target.pathname}`).toBe(`${fake.issuer}/end`);
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(
      'https://airflow.example.com/.auth/signed-out',
    );
    expect(target.searchParams.get('id_token_hint')).toMatch(/^ey/);
    rig.keep(ended.cookies);
    expect(rig.sessions.read(rig.headers())).toBeUndefined();
    expect(await rig.sessions.read(copy)).toMatchObject({ kind: 'rejected', code: 'revoked' });
  });

  it('leaves the other sessions of the person', async () => {
    const rig = createRig(fake);
    await rig.signedIn();
    const other = rig.headers();
    await rig.signedIn();
    await rig.endSession(rig.headers(), 'https://airflow.example.com');
    expect(await rig.sessions.read(other)).toMatchObject({ kind: 'authenticated' });
  });

  it('has nothing to do without one', async () => {
    const rig = createRig(fake);
    expect(await rig.endSession([], 'https://a.example')).toMatchObject({
      ended: false,
      location: undefined,
    });
  });
});
