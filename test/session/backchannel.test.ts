import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProvider, startFakeProvider } from './fake-provider.js';
import { CLIENT_ID, createRig } from './rig.js';

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider(CLIENT_ID);
});
afterAll(() => fake.stop());

function soon() {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + 120, events: EVENTS };
}

describe('back-channel logout', () => {
  it('ends the sessions the provider calls so, and no others', async () => {
    const rig = createRig(fake);
    fake.claims = { sid: 'one' };
    await rig.signedIn();
    const one = rig.headers();
    fake.claims = { sid: 'two' };
    await rig.signedIn();
    const two = rig.headers();
    expect(await rig.backchannel(await fake.logoutToken({ ...soon(), sub: 'ada', sid: 'one' }))).toEqual({
      kind: 'ended',
      provider: 'corp',
      subject: 'ada',
    });
    expect(await rig.sessions.read(one)).toMatchObject({ kind: 'rejected', code: 'revoked' });
    expect(await rig.process().read(one)).toMatchObject({ kind: 'rejected', code: 'revoked' });
    expect(await rig.sessions.read(two)).toMatchObject({ kind: 'authenticated' });
  });

  it('ends all sessions of a person, and none that begins afterwards', async () => {
    const rig = createRig(fake);
    fake.claims = {};
    await rig.signedIn();
    const token = await fake.logoutToken({ ...soon(), sub: 'ada' });
    await rig.backchannel(token);
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'rejected' });
    rig.pass(3);
    await rig.signedIn();
    await rig.backchannel(token);
    expect(await rig.sessions.read(rig.headers())).toMatchObject({ kind: 'authenticated' });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ['for another client', { aud: 'other', sub: 'ada' }],
    ['of another issuer', { iss: 'https://evil.example.com', sub: 'ada' }],
    ['that is an ID token', { events: undefined, sub: 'ada' }],
    ['of another event', { events: { 'https://example.com/event': {} }, sub: 'ada' }],
    ['with a nonce', { nonce: 'n', sub: 'ada' }],
    ['that names nobody', {}],
    ['without a jti', { jti: undefined, sub: 'ada' }],
    ['that is too old', { iat: Math.floor(Date.now() / 1000) - 600, exp: undefined, sub: 'ada' }],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 60, sub: 'ada' }],
    ['of another kind', { sub: 'ada' }, { typ: 'at+jwt' }],
  ])('refuses a token %s', async (_name, claims, header = {}) => {
    const rig = createRig(fake);
    const token = await fake.logoutToken({ ...soon(), ...claims }, header);
    expect(await rig.backchannel(token)).toMatchObject({ kind: 'refused' });
  });

  it.each<[string, (token: string) => string]>([
    ['nothing', () => ''],
    ['words', () => 'not.a.token'],
    ['a token of 9 KiB', (token) => token + 'A'.repeat(9000)],
    ['a changed signature', (token) => `${token.slice(0, -8)}AAAAAAAA`],
    [
      'no signature',
      (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    ],
  ])('refuses %s', async (_name, change) => {
    const rig = createRig(fake);
    const token = change(await fake.logoutToken({ ...soon(), sub: 'ada' }));
    expect(await rig.backchannel(token)).toMatchObject({ kind: 'refused' });
  });

  it('asks the provider to try again where its keys cannot be read', async () => {
    const gone = await startFakeProvider(CLIENT_ID);
    const rig = createRig(gone);
    const token = await gone.logoutToken({ ...soon(), sub: 'ada' });
    await gone.stop();
    expect(await rig.backchannel(token)).toMatchObject({ kind: 'unavailable' });
  });
});
