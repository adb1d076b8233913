import { describe, expect, it, jest } from '@jest/globals';
import type { ProviderSignIn } from '../../../src/http/control/call.js';
import type { SignInEnd } from '../../../src/session/sign-in.js';
import { ADA, control, ORIGIN } from './harness.js';

const CORP = { id: 'corp', label: 'Corporate login' };

function oidc(changes: Partial<ProviderSignIn> = {}): ProviderSignIn {
  return {
    providers: [CORP],
    begin: async () => ({
      kind: 'go',
      location: 'https://idp.example.com/authorize',
      cookie: 'trip=1; Path=/',
    }),
    finish: async () => ({ kind: 'not-begun' }),
    signOutTarget: async () => 'https://idp.example.com/end?x=1',
    endSession: async () => ({ ended: false, cookies: ['s=; Max-Age=0'], location: undefined }),
    endFromProvider: async () => ({ kind: 'refused', detail: 'it is not valid' }),
    ...changes,
  };
}

const LINK = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('GET /.auth/login with providers', () => {
  it('goes to the only provider at once, with the checked way back', async () => {
    const begin = jest.fn(oidc().begin);
    const answer = await control({ oidc: oidc({ begin }) }).agent.get('/.auth/login?rd=/d/airflow/home');
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe('https://idp.example.com/authorize');
    expect(answer.headers['set-cookie']).toContain('trip=1; Path=/');
    expect(begin).toHaveBeenCalledWith({ provider: 'corp', origin: ORIGIN, returnTo: '/d/airflow/home' });
  });

  it('lets people choose where there are several ways, the platform among them', async () => {
    const options = {
      oidc: oidc({ providers: [CORP, { id: 'guests', label: 'Guests <b>' }] }),
      platform: { url: 'https://platform.example.com/login', returnParam: 'rd' },
    };
    const answer = await control(options).agent.get('/.auth/login?rd=/d/x');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('href="/.auth/login?rd=%2Fd%2Fx&amp;provider=corp"');
    expect(answer.text).toContain('<strong>Guests &lt;b&gt;</strong>');
    expect(answer.text).toContain('&amp;platform=1"');
    const chosen = await control(options).agent.get('/.auth/login?rd=/d/x&platform=1');
    expect(chosen.headers.location).toContain('https://platform.example.com/login?rd=');
  });

  it('says so where the provider does not answer', async () => {
    const begin = async () => ({ kind: 'unavailable' as const });
    const answer = await control({ oidc: oidc({ begin }) }).agent.get('/.auth/login');
    expect(answer.status).toBe(503);
    expect(answer.headers['x-auth-proxy-reason']).toBe('identity-unavailable');
  });
});

describe('GET /.auth/callback/<provider>', () => {
  it('keeps the session and leads back', async () => {
    const end = {
      kind: 'signed-in',
      session: { principal: ADA.principal },
      cookies: ['s=1.x; Path=/'],
      returnTo: '/d/airflow/home',
    } as unknown as SignInEnd;
    const finish = jest.fn<ProviderSignIn['finish']>(async () => end);
    const { agent, events } = control({ oidc: oidc({ finish }) });
    const answer = await agent.get('/.auth/callback/corp?code=c&state=s');
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/d/airflow/home');
    expect(answer.headers['set-cookie']).toEqual([
      's=1.x; Path=/',
      '__auth_proxy_login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    ]);
    expect(finish).toHaveBeenCalledWith(
      'corp',
      new URL(`${ORIGIN}/.auth/callback/corp?code=c&state=s`),
      expect.anything(),
    );
    expect(events).toMatchObject([{ kind: 'sign-in', outcome: 'success', reason: 'provider-sign-in' }]);
    expect(JSON.stringify(events)).not.toContain('code=');
  });

  it.each<[string, SignInEnd, number, string]>([
    ['was not begun here', { kind: 'not-begun' }, 401, 'sign-in-not-begun'],
    [
      'cannot be finished now',
      { kind: 'unavailable', cause: 'x', returnTo: '/' },
      503,
      'provider-unavailable',
    ],
    [
      'the provider refused',
      { kind: 'refused', reason: 'provider', detail: 'access_denied', returnTo: '/', cookies: [] },
      401,
      'provider-refused',
    ],
    [
      'is of somebody who may not enter',
      { kind: 'refused', reason: 'person', detail: 'no verified address', returnTo: '/', cookies: [] },
      401,
      'person-refused',
    ],
  ])('says why a sign-in gives no session that %s', async (_name, end, status, reason) => {
    const { agent, events } = control({ oidc: oidc({ finish: async () => end }) });
    const answer = await agent.get('/.auth/callback/corp?code=%3Cscript%3E&state=s');
    expect(answer.status).toBe(status);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.text).not.toContain('<script');
    expect(events).toMatchObject([{ kind: 'sign-in', outcome: 'failure', reason }]);
  });

  it('does not spend a code on HEAD', async () => {
    const finish = jest.fn(oidc().finish);
    await control({ oidc: oidc({ finish }) }).agent.head('/.auth/callback/corp?code=c&state=s');
    expect(finish).not.toHaveBeenCalled();
  });
});

describe('signing out of a session', () => {
  const ended = { ended: true, cookies: ['s=; Max-Age=0'], location: 'https://idp.example.com/end' };

  it('is done at once for a link of our own page, and leads to the provider', async () => {
    const endSession = jest.fn(async () => ended);
    const { agent, events } = control({ identity: ADA, oidc: oidc({ endSession }) });
    const answer = await agent.get('/.auth/logout').set(LINK);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('https://idp.example.com/end');
    expect(answer.headers['set-cookie']).toContain('s=; Max-Age=0');
    expect(answer.headers['clear-site-data']).toBe('"cache"');
    expect(events).toMatchObject([{ kind: 'sign-out', reason: 'signed-out' }]);
  });

  it.each<[string, Record<string, string>]>([
    ['a link elsewhere', { ...LINK, 'sec-fetch-site': 'cross-site' }],
    ['a sibling of our host', { ...LINK, 'sec-fetch-site': 'same-site' }],
    ['somebody who typed the address', { ...LINK, 'sec-fetch-site': 'none' }],
    ['an image of our own page', { ...LINK, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame of our own page', { ...LINK, 'sec-fetch-dest': 'iframe' }],
    ['a page fetched ahead', { ...LINK, 'sec-purpose': 'prefetch' }],
    ['a browser that does not say', {}],
  ])('is asked for first with %s', async (_name, headers) => {
    const endSession = jest.fn(async () => ended);
    const answer = await control({ identity: ADA, oidc: oidc({ endSession }) })
      .agent.get('/.auth/logout')
      .set(headers);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<form method="post"');
    expect(answer.headers['content-security-policy']).toContain("form-action 'self' https://idp.example.com");
    expect(endSession).not.toHaveBeenCalled();
  });

  it('shows a page to whom the provider sends back', async () => {
    const answer = await control({ oidc: oidc() }).agent.get('/.auth/signed-out?state=x');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('You are signed out');
  });
});

describe('POST /.auth/backchannel-logout', () => {
  it.each([
    [{ kind: 'ended', provider: 'corp', subject: 'ada' } as const, 200, 1],
    [{ kind: 'refused', detail: 'it is not valid' } as const, 400, 0],
    [{ kind: 'unavailable', cause: 'x' } as const, 503, 0],
  ])('answers %j with %d', async (answer, status, records) => {
    const endFromProvider = jest.fn<ProviderSignIn['endFromProvider']>(async () => answer);
    const { agent, events } = control({ oidc: oidc({ endFromProvider }) });
    const got = await agent
      .post('/.auth/backchannel-logout')
      .type('form')
      .send({ logout_token: 'a'.repeat(6000) });
    expect(got.status).toBe(status);
    expect(got.headers['cache-control']).toBe('no-store');
    expect(endFromProvider).toHaveBeenCalledWith('a'.repeat(6000));
    expect(events).toHaveLength(records);
  });

  it('is not there without providers, and by GET', async () => {
    expect((await control().agent.post('/.auth/backchannel-logout')).status).toBe(404);
    expect((await control({ oidc: oidc() }).agent.get('/.auth/backchannel-logout')).status).toBe(405);
  });
});
