import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AskInput,
  ask,
  createRig,
  HOST,
  HTTP_DIALECTS,
  type Logical,
  OLD_HOST,
  type PersonId,
  PUBLIC_URL,
  type Rig,
  SECRET,
} from './rig.js';

const HTML: readonly [string, string] = ['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'];
const DAGS = '/demo/airflow/api/v2/dags';
const VARIABLES = '/demo/airflow/api/v2/variables';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

function as(person: PersonId): readonly [string, string] {
  return ['Authorization', `Bearer ${rig.tokens[person]}`];
}

function nginx(logical: Logical): Promise<Awaited<ReturnType<typeof ask>>> {
  return ask(rig, HTTP_DIALECTS.nginx(logical));
}

describe.each(Object.entries(HTTP_DIALECTS))('asked by %s', (_name, dialect) => {
  it('allows with the assertion in place of the platform’s credential', async () => {
    const answer = await ask(rig, dialect({ method: 'GET', target: DAGS, headers: [as('vic')] }));
    expect(answer.status).toBe(200);
    expect(answer.headers.authorization).toMatch(/^Bearer ey/);
    expect(answer.headers.authorization).not.toContain(rig.tokens.vic);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body).toBe('');
  });

  it('denies what the role does not reach with the reason', async () => {
    const answer = await ask(rig, dialect({ method: 'GET', target: VARIABLES, headers: [as('eve')] }));
    expect(answer.status).toBe(403);
    expect(answer.headers['x-auth-proxy-reason']).toBe('insufficient-permission');
    expect(answer.headers.authorization).toBeUndefined();
    expect(answer.body).toContain('Access is Denied');
  });

  it('judges by the method of the original, not of the ask', async () => {
    const dags = dialect({ method: 'PATCH', target: `${DAGS}/example`, headers: [as('vic')] });
    expect((await ask(rig, dags)).status).toBe(403);
  });

  it('judges an ambiguous target as ambiguous, with 403', async () => {
    const answer = await ask(rig, dialect({ method: 'GET', target: `/demo//airflow`, headers: [as('ada')] }));
    expect([answer.status, answer.headers['x-auth-proxy-reason']]).toEqual([403, 'ambiguous-target']);
  });

  it('denies a host that is none of ours', async () => {
    const answer = await ask(
      rig,
      dialect({ method: 'GET', target: DAGS, host: 'evil.example', headers: [as('ada')] }),
    );
    expect([answer.status, answer.headers['x-auth-proxy-reason']]).toEqual([403, 'ambiguous-request']);
  });

  it('finds the service of a host of its own', async () => {
    const answer = await ask(
      rig,
      dialect({ method: 'GET', target: '/home', host: OLD_HOST.toUpperCase(), headers: [as('vic')] }),
    );
    expect([answer.status, answer.headers['x-platform-user'], answer.headers.authorization]).toEqual([
      200,
      'vic',
      '',
    ]);
  });

  it('answers 401 to a program without a credential', async () => {
    const answer = await ask(rig, dialect({ method: 'GET', target: DAGS }));
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="airflow-auth-proxy"');
    expect(answer.headers['x-auth-proxy-login']).toBeUndefined();
  });

  it('leads a person without a credential to the sign-in', async () => {
    const target = '/demo/airflow/dags?tags=a%26b';
    const answer = await ask(rig, dialect({ method: 'GET', target, headers: [HTML] }));
    const url = `${PUBLIC_URL}/.auth/login?rd=${encodeURIComponent(target)}`;
    expect(answer.status).toBe(401);
    expect(answer.headers['x-auth-proxy-login']).toBe(url);
    expect(answer.headers.refresh).toBe(`0;url=${url}`);
    expect(answer.body).toContain(`href="${url.replaceAll('&', '&amp;')}"`);
  });

  it('sets every identity header, empty, on a route opened to everybody', async () => {
    const target = '/demo/airflow/api/v2/monitor/health';
    const answer = await ask(rig, dialect({ method: 'GET', target, headers: [['Cookie', 'a=b; _token=x']] }));
    expect(answer.status).toBe(200);
    expect(answer.headers.authorization).toBe('');
    expect(answer.headers.cookie).toBe('a=b');
  });
});

describe('the forward-auth door', () => {
  it('takes the platform’s cookie and Airflow’s own session out of Cookie', async () => {
    const headers: [string, string][] = [
      ['Cookie', `theme=dark; platform_token=${rig.tokens.vic}; _token=stolen; session=s`],
    ];
    const answer = await nginx({ method: 'GET', target: DAGS, headers });
    expect([answer.status, answer.headers.cookie]).toEqual([200, 'theme=dark; session=s']);
  });

  it('asserts Flower’s own account', async () => {
    const answer = await nginx({ method: 'GET', target: '/demo/flower/workers', headers: [as('vic')] });
    expect(answer.headers.authorization).toBe(`Basic ${btoa('proxy:flower password')}`);
  });

  it('tells Houston’s clients user name and address', async () => {
    const logical = { method: 'GET', target: DAGS, headers: [as('vic')] };
    const answer = await ask(rig, HTTP_DIALECTS.houston(logical));
    expect([answer.headers.username, answer.headers.email]).toEqual(['vic', '']);
    expect((await nginx(logical)).headers.username).toBeUndefined();
  });

  it.each<[string, string, Partial<Record<'Origin' | 'Sec-Fetch-Site', string>>, number]>([
    ['from a page of ours', 'POST', { Origin: PUBLIC_URL }, 200],
    ['from elsewhere', 'POST', { Origin: 'https://evil.example' }, 403],
    ['from nowhere', 'POST', {}, 403],
    ['vouched for by the browser', 'POST', { 'Sec-Fetch-Site': 'same-origin' }, 200],
  ])('checks where a change by cookie comes from: %s', async (_name, method, extra, status) => {
    const answer = await nginx({
      method,
      target: '/demo/airflow/api/v2/dags/example/dagRuns',
      headers: [['Cookie', `platform_token=${rig.tokens.ada}`], ...Object.entries(extra)],
    });
    expect(answer.status).toBe(status);
  });

  it.each<[string, AskInput]>([
    ['no dialect at this path', { path: '/', headers: [['X-Original-URL', PUBLIC_URL]] }],
    ['a path that only begins as a dialect’s', { path: '/nginx/x' }],
    ['the dialect in another case', { path: '/NGINX' }],
    ['an absolute target', { path: `http://127.0.0.1/nginx` }],
    ['nothing said', { path: '/nginx' }],
    ['no method', { path: '/nginx', headers: [['X-Original-URL', `${PUBLIC_URL}${DAGS}`]] }],
    ['two methods', { path: '/nginx', headers: [...original(DAGS), ['X-Original-Method', 'GET']] }],
    ['two URLs', { path: '/nginx', headers: [...original(DAGS), ['X-Original-URL', `${PUBLIC_URL}/`]] }],
    ['URL and URI differ', { path: '/nginx', headers: [...original(DAGS), ['X-Original-URI', VARIABLES]] }],
    ['a path where a URL belongs', { path: '/nginx', headers: original(DAGS, '') }],
    ['user information in the URL', { path: '/nginx', headers: original(DAGS, `http://a@${HOST}`) }],
    ['another dialect’s headers', { path: '/traefik', headers: original(DAGS) }],
    ['a relative target', { path: '/caddy', headers: forwarded({ 'X-Forwarded-Uri': 'demo/airflow' }) }],
    [
      'an absolute target in Uri',
      { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': `${PUBLIC_URL}${DAGS}` }) },
    ],
    ['an empty target', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '' }) }],
    ['a list of methods', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Method': 'GET, DELETE' }) }],
    ['a method in lower case', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Method': 'get' }) }],
    ['another scheme', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Proto': 'javascript' }) }],
    ['a list of hosts', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Host': `${HOST}, evil` }) }],
    ['a broken escape', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '/demo/%zz' }) }],
    ['a fragment', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': `${DAGS}#x` }) }],
    [
      'dot segments',
      { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '/demo/airflow/../airflow/' }) },
    ],
    ['a tab', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '/demo/airflow/a\tb' }) }],
    [
      'bytes outside ASCII',
      { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '/demo/airflow/\xff' }) },
    ],
    [
      '20 KiB',
      { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': `${DAGS}?${'a'.repeat(20_000)}` }) },
    ],
    ['OPTIONS', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Method': 'OPTIONS' }) }],
    ['TRACE', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Method': 'TRACE' }) }],
    ['an unknown method', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Method': 'BREW' }) }],
    ['two cookies', { path: '/traefik', headers: [...forwarded({}), ['Cookie', 'a=b'], ['Cookie', 'c=d']] }],
    ['our own pages', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '/.auth/me' }) }],
    ['the home page', { path: '/traefik', headers: forwarded({ 'X-Forwarded-Uri': '/' }) }],
    ['nothing behind /envoy', { path: '/envoy' }],
    ['a path that goes on after envoy', { path: `/envoyx${DAGS}` }],
  ])('answers 403 to an Admin’s ask with %s', async (_name, input) => {
    const answer = await ask(rig, { ...input, headers: [...(input.headers ?? []), as('ada')] });
    expect(answer.status).toBe(403);
    expect(answer.headers['x-auth-proxy-reason']).toMatch(/^[a-z-]+$/);
  });

  it('ignores the headers of other dialects, whoever sent them', async () => {
    const lies: [string, string][] = [
      ['X-Forwarded-Uri', '/demo/airflow/api/v2/monitor/health'],
      ['X-Forwarded-Method', 'GET'],
      ['X-Rewrite-URL', '/demo/airflow/api/v2/monitor/health'],
      ['X-Envoy-Original-Path', '/demo/airflow/api/v2/monitor/health'],
      ['X-HTTP-Method-Override', 'GET'],
    ];
    const answer = await nginx({ method: 'DELETE', target: `${VARIABLES}/x`, headers: [...lies, as('eve')] });
    expect(answer.status).toBe(403);
  });

  it.each(['HEAD', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND'])('takes an ask by %s', async (method) => {
    const headers = [...original(DAGS), as('vic')];
    expect((await ask(rig, { path: '/nginx', method, headers })).status).toBe(200);
  });

  it.each<[string, string]>([
    ['CONNECT', 'CONNECT demo:80 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['bytes that are no request', 'hello\r\n\r\n'],
    ['an expectation', 'GET /nginx HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n'],
    ['too many bytes', `GET /nginx HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`],
  ])('answers 403 to %s', async (_name, bytes) => {
    const before = (await rig.records()).length;
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(await rig.records()).toHaveLength(before + 1);
  });

  it('leaves one record and one count for each ask, with the client’s address', async () => {
    const before = (await rig.records()).length;
    const headers: [string, string][] = [
      ['X-Forwarded-For', '203.0.113.7, 198.51.100.9'],
      ['Authorization', `Bearer ${rig.tokens.eve}`],
    ];
    await nginx({ method: 'GET', target: `${VARIABLES}?secret=1`, headers });
    await nginx({ method: 'GET', target: DAGS, headers });
    const records = await rig.records();
    expect(records.slice(before)).toMatchObject([
      {
        event: { action: 'request-denied', reason: 'insufficient-permission' },
        user: { id: 'eve' },
        auth_proxy: { deployment: 'demo', rule: expect.any(String) },
        http: { response: { status_code: 403 } },
        url: { path: VARIABLES },
        source: { ip: '198.51.100.9' },
      },
      { event: { action: 'request-forwarded' }, http: { response: { status_code: 200 } } },
    ]);
    expect(JSON.stringify(records)).not.toContain('secret=1');
    const metrics = await rig.metrics();
    expect(metrics).toMatch(
      /decisions_total\{deployment="demo",service="airflow",outcome="deny",reason="insufficient-permission"\} \d/,
    );
    expect(metrics).not.toMatch(/upstream_duration_seconds_count\{[^}]*\} [1-9]/);
  });

  it('words the same denial for a person, with what was needed', async () => {
    const answer = await nginx({ method: 'GET', target: VARIABLES, headers: [as('eve'), HTML] });
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.body).toContain('an Admin of <bdi>Data team</bdi>');
  });

  it('gives somebody without a role the same bytes for a Deployment and for none', async () => {
    const bodies = await Promise.all(
      ['/demo/airflow/', '/no-such/airflow/'].map(
        async (target) => (await nginx({ method: 'GET', target, headers: [as('mallory')] })).body,
      ),
    );
    expect(bodies[0]).toBe(bodies[1]);
  });
});

describe('who may ask', () => {
  let closed: Rig;
  beforeAll(async () => {
    closed = await createRig({ peers: ['192.0.2.0/24'], sharedSecret: SECRET });
  });
  afterAll(() => closed.close());

  it.each<[string, [string, string][], number]>([
    ['a stranger', [], 403],
    [
      'a stranger who claims to be a peer',
      [
        ['X-Forwarded-For', '192.0.2.1'],
        ['X-Real-IP', '192.0.2.1'],
      ],
      403,
    ],
    ['who knows the secret', [['X-Auth-Proxy-Secret', SECRET]], 200],
    ['who knows another secret', [['X-Auth-Proxy-Secret', `${SECRET}!`]], 403],
    [
      'who sends two secrets',
      [
        ['X-Auth-Proxy-Secret', SECRET],
        ['X-Auth-Proxy-Secret', 'x'],
      ],
      403,
    ],
  ])('%s', async (_name, extra, status) => {
    const headers = [...original(DAGS), ['Authorization', `Bearer ${closed.tokens.ada}`] as const, ...extra];
    const answer = await ask(closed, { path: '/nginx', headers });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toBe('{"detail":"Access is Denied","reason":"no-role"}');
  });

  it('refuses a listed peer whose secret is wrong', async () => {
    const both = await createRig({ sharedSecret: SECRET });
    const headers = [...original(DAGS), ['Authorization', `Bearer ${both.tokens.ada}`] as const];
    const wrong = [...headers, ['X-Auth-Proxy-Secret', 'wrong'] as const];
    const statuses = [
      (await ask(both, { path: '/nginx', headers })).status,
      (await ask(both, { path: '/nginx', headers: wrong })).status,
    ];
    await both.close();
    expect(statuses).toEqual([200, 403]);
  });
});

function original(target: string, origin = PUBLIC_URL): [string, string][] {
  return [
    ['X-Original-URL', `${origin}${target}`],
    ['X-Original-Method', 'GET'],
  ];
}

function forwarded(changes: Record<string, string>): [string, string][] {
  return Object.entries({
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Host': HOST,
    'X-Forwarded-Uri': DAGS,
    ...changes,
  });
}

function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(rig.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', reject).on('close', () => resolve(text));
    socket.write(bytes);
  });
}
