import { describe, expect, it } from '@jest/globals';
import type { ControlOptions } from '../../../src/http/control/call.js';
import { ADA, control, ORIGIN, REJECTED } from './harness.js';

const DEVELOPMENT: NonNullable<ControlOptions['development']> = {
  people: [
    { id: 'ada', name: 'Ada <b>', email: 'ada@example.com' },
    { id: 'vic', name: undefined, email: undefined },
  ],
  mintToken: async (personId) => ({ token: `token-of-${personId}`, maxAgeSeconds: 3600 }),
};
const PLATFORM = { url: 'https://platform.example.com/login?tenant=a', returnParam: 'rd' };

describe('GET /.auth/login', () => {
  it('goes back at once who is signed in already', async () => {
    const answer = await control({ identity: ADA, platform: PLATFORM }).agent.get(
      '/.auth/login?rd=/d/airflow/home',
    );
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe('/d/airflow/home');
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it.each(['//evil.example', 'https://evil.example/', '', 'javascript:alert(1)'])(
    'goes to its own start instead of %s',
    async (rd) => {
      const { agent } = control({ identity: ADA }, { basePath: '/d/airflow' });
      const answer = await agent.get(`/.auth/login?rd=${encodeURIComponent(rd)}`);
      expect(answer.headers.location).toBe('/d/airflow/');
    },
  );

  it.each([
    ['two credentials', { kind: 'ambiguous', detail: 'x' }, 400],
    ['a credential that cannot be checked', { kind: 'unverifiable', cause: 'x' }, 503],
  ] as const)('shows a page instead of a circle for %s', async (_name, identity, status) => {
    const answer = await control({ identity, platform: PLATFORM }).agent.get('/.auth/login');
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it('says how to get in where no sign-in is configured', async () => {
    const answer = await control({ supportContact: 'help@example.com' }).agent.get('/.auth/login');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<code>platform_token</code>');
    expect(answer.text).toContain('mailto:help@example.com');
  });

  it('offers a button a person with the development issuer, and no script', async () => {
    const { agent } = control({ development: DEVELOPMENT }, { basePath: '/d/airflow' });
    const answer = await agent.get('/.auth/login?rd=/d/airflow/home');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<form method="post" action="/d/airflow/.auth/login">');
    expect(answer.text).toContain('<input type="hidden" name="rd" value="/d/airflow/home">');
    expect(answer.text).toContain('<button name="person" value="ada"><strong>Ada &lt;b&gt;</strong>');
    expect(answer.text).toContain('<button name="person" value="vic"><strong>vic</strong>');
    expect(answer.text).not.toContain('<script');
  });

  it('says that a session has ended', async () => {
    const answer = await control({ development: DEVELOPMENT, identity: REJECTED }).agent.get('/.auth/login');
    expect(answer.text).toContain(
      '<p role="alert"><strong>Your last sign-in is not valid any more.</strong></p>',
    );
  });

  it('sends people to the platform with the absolute way back', async () => {
    const answer = await control({ platform: PLATFORM }).agent.get(
      '/.auth/login?rd=/d/airflow/log%3Fdag_id%3Da',
    );
    expect(answer.status).toBe(302);
    const location = new URL(answer.headers.location ?? '');
    expect(`${location.origin}${location.pathname}`).toBe('https://platform.example.com/login');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      tenant: 'a',
      rd: `${ORIGIN}/d/airflow/log?dag_id=a`,
    });
  });

  it('explains itself to a browser that comes back with a credential still refused', async () => {
    const { agent } = control({ platform: PLATFORM, identity: REJECTED });
    const first = await agent.get('/.auth/login?rd=/d/airflow/home');
    expect(first.status).toBe(302);
    const [marker = ''] = first.headers['set-cookie'] ?? [];
    const second = await agent
      .get('/.auth/login?rd=/d/airflow/home')
      .set('cookie', marker.split(';')[0] ?? '');
    expect(second.status).toBe(401);
    expect(second.headers['x-auth-proxy-reason']).toBe('bad-credential');
    expect(second.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(second.text).toContain('<h1>Signing in does not work</h1>');
    expect(second.text).toContain('href="/.auth/login?rd=%2Fd%2Fairflow%2Fhome&amp;platform=1&amp;again=1"');
  });

  it('goes to the platform once more when the person asks for it', async () => {
    const { agent } = control({ platform: PLATFORM, identity: REJECTED, nowMs: () => 1_000_000 });
    const answer = await agent.get('/.auth/login?again=1').set('cookie', '__auth_proxy_login=9.990');
    expect(answer.status).toBe(302);
    expect(answer.headers['set-cookie']).toEqual([
      '__auth_proxy_login=1.1000; Path=/; Max-Age=60; HttpOnly; SameSite=Lax',
    ]);
  });

  it('explains itself to a browser that never brings a cookie, after a few trips', async () => {
    const { agent } = control({ platform: PLATFORM });
    let cookie = '';
    const statuses: number[] = [];
    for (let trip = 0; trip < 5; trip++) {
      const answer = await agent.get('/.auth/login').set('cookie', cookie);
      statuses.push(answer.status);
      cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
    }
    expect(statuses).toEqual([302, 302, 302, 401, 401]);
  });

  it.each(['ftp://platform.example.com', 'platform.example.com', ''])(
    'refuses to start with the sign-in at %s',
    (url) => {
      expect(() => control({ platform: { url, returnParam: 'rd' } })).toThrow(
        'platform.login.url is not an absolute http or https URL',
      );
    },
  );
});

describe('POST /.auth/login', () => {
  const signIn = (
    form: Record<string, string>,
    headers: Record<string, string> = { origin: ORIGIN },
    context = {},
  ) => {
    const { agent, events } = control({ development: DEVELOPMENT }, context);
    return { events, sent: agent.post('/.auth/login').set(headers).type('form').send(form) };
  };

  it('signs a person in, leaves a record, and goes back', async () => {
    const { sent, events } = signIn({ person: 'ada', rd: '/d/airflow/home' });
    const answer = await sent;
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/d/airflow/home');
    expect(answer.headers['set-cookie']).toEqual([
      'platform_token=token-of-ada; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax',
    ]);
    expect(events).toEqual([
      {
        kind: 'sign-in',
        outcome: 'success',
        reason: 'development-sign-in',
        principal: { kind: 'user', id: 'ada', email: 'ada@example.com', name: 'Ada <b>', groups: [] },
        requestId: 'req-1',
        method: 'POST',
        path: '/.auth/login',
        statusCode: 303,
        sourceIp: '192.0.2.7',
      },
    ]);
  });

  it('keeps the cookie to https where the origin is', async () => {
    const origin = 'https://airflow.example.com';
    const answer = await signIn({ person: 'vic' }, { origin }, { origin }).sent;
    expect(answer.headers['set-cookie']).toEqual([
      'platform_token=token-of-vic; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure',
    ]);
  });

  it('takes the word of a browser that sends no Origin', async () => {
    const answer = await signIn({ person: 'ada' }, { 'sec-fetch-site': 'same-origin' }).sent;
    expect(answer.status).toBe(303);
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['a hidden origin', { origin: 'null' }],
    ['another port', { origin: 'http://localhost:8085' }],
    ['no origin at all', {}],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
    [
      'another origin that a browser vouches for',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ],
  ])('signs nobody in from %s', async (_name, headers) => {
    const { sent, events } = signIn({ person: 'ada' }, headers);
    const answer = await sent;
    expect(answer.status).toBe(403);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.text).toContain(ORIGIN);
    expect(events).toMatchObject([
      { kind: 'sign-in', outcome: 'failure', reason: 'cross-site', principal: undefined },
    ]);
  });

  it.each([{ person: 'eve' }, {}, { person: '' }])('does not know the person of %j', async (form) => {
    const { sent, events } = signIn(form);
    const answer = await sent;
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Choose one of these people.');
    expect(events).toMatchObject([{ outcome: 'failure', reason: 'unknown-person' }]);
  });

  it('does not choose between two people', async () => {
    const { agent } = control({ development: DEVELOPMENT });
    const answer = await agent
      .post('/.auth/login')
      .set('origin', ORIGIN)
      .type('form')
      .send('person=ada&person=vic');
    expect(answer.status).toBe(400);
  });

  it('does not exist without the development issuer', async () => {
    const { agent, events } = control({ platform: PLATFORM });
    const answer = await agent
      .post('/.auth/login')
      .set('origin', ORIGIN)
      .type('form')
      .send({ person: 'ada' });
    expect(answer.status).toBe(404);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(events).toEqual([]);
  });
});
