import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Chain, DEPLOYMENT, type Recorded, startChain } from './chain.js';
import { CONTROLLERS } from './golden.js';
import { sendRaw } from './raw.js';
import { DENIED_FOR_VIEWER, readings, TRICKS } from './tricks.js';

const AIRFLOW = `/${DEPLOYMENT}/airflow`;
const DAGS = `${AIRFLOW}/api/v2/dags`;
const VARIABLES = `${AIRFLOW}/api/v2/variables`;
const HEALTH = `${AIRFLOW}/api/v2/monitor/health`;

describe.each(Object.entries(CONTROLLERS))('the golden configuration of %s', (name, { program, start }) => {
  if (program === undefined) {
    it.skip(`left out: ${name} is not installed`, () => {});
    return;
  }

  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain(start(program));
  }, 30_000);
  afterAll(() => chain?.stop(), 30_000);

  const bearer = (who: keyof Chain['tokens']): readonly [string, string] => [
    'Authorization',
    `Bearer ${chain.tokens[who]}`,
  ];
  const cookie = (who: keyof Chain['tokens'], more = ''): readonly [string, string] => [
    'Cookie',
    `platform_token=${chain.tokens[who]}${more}`,
  ];

  it('forwards what the role reaches, with our assertion alone', async () => {
    const answer = await chain.send({
      target: `${DAGS}?limit=1&order_by=-x`,
      headers: [cookie('vic', '; _token=evil; theme=dark')],
    });
    const [request, ...more] = chain.taken();
    expect([answer.status, answer.body.includes('from upstream'), more]).toEqual([200, true, []]);
    expect(request?.target).toBe(`${DAGS}?limit=1&order_by=-x`);
    expect(valuesOf(request, 'authorization')).toEqual([expect.stringMatching(/^Bearer ey/)]);
    expect(valuesOf(request, 'authorization')[0]).not.toContain(chain.tokens.vic);
    expect(valuesOf(request, 'cookie')).toEqual(['theme=dark']);
    expect(valuesOf(request, 'host')).toEqual([chain.host]);
  });

  it('asserts Flower’s account at Flower', async () => {
    const answer = await chain.send({ target: `/${DEPLOYMENT}/flower/workers`, headers: [bearer('vic')] });
    expect(answer.status).toBe(200);
    expect(valuesOf(chain.taken()[0], 'authorization')).toEqual([`Basic ${btoa('proxy:flower')}`]);
  });

  it('denies what the role does not reach, and the upstream hears nothing', async () => {
    const answer = await chain.send({ target: VARIABLES, headers: [bearer('eve')] });
    expect([answer.status, answer.headers['x-auth-proxy-reason']]).toEqual([403, 'insufficient-permission']);
    expect(answer.body).toContain('Access is Denied');
    expect(chain.taken()).toEqual([]);
  });

  it('passes a body on', async () => {
    const body = '{"logical_date":null}';
    const answer = await chain.send({
      method: 'POST',
      target: `${DAGS}/example/dagRuns`,
      headers: [bearer('eve'), ['Content-Type', 'application/json']],
      body,
    });
    expect([answer.status, chain.taken()[0]?.body]).toEqual([200, body]);
  });

  it('refuses a change by cookie from another site', async () => {
    const answer = await chain.send({
      method: 'POST',
      target: `${DAGS}/example/dagRuns`,
      headers: [cookie('ada'), ['Origin', 'https://evil.example']],
      body: '{}',
    });
    expect([answer.status, answer.headers['x-auth-proxy-reason'], chain.taken()]).toEqual([
      403,
      'cross-site',
      [],
    ]);
  });

  it('allows the same change from a page of its own', async () => {
    const answer = await chain.send({
      method: 'POST',
      target: `${DAGS}/example/dagRuns`,
      headers: [cookie('ada'), ['Origin', chain.publicUrl]],
      body: '{}',
    });
    expect([answer.status, chain.taken().length]).toEqual([200, 1]);
  });

  it('tells a program that it has no credential', async () => {
    const answer = await chain.send({ target: DAGS });
    expect([answer.status, chain.taken()]).toEqual([401, []]);
    expect(answer.head.match(/^www-authenticate: Bearer/gim)).toHaveLength(1);
  });

  it('leads a person to our sign-in, which this controller passes on', async () => {
    const target = `${AIRFLOW}/dags?tags=a`;
    const answer = await chain.send({ target, headers: [['Accept', 'text/html']] });
    const url = `${chain.publicUrl}/.auth/login?rd=${encodeURIComponent(target)}`;
    expect(
      name === 'nginx' ? [answer.status, answer.headers.location] : [answer.status, answer.headers.refresh],
    ).toEqual(name === 'nginx' ? [302, url] : [401, `0;url=${url}`]);
    const page = await chain.send({
      target: url.slice(chain.publicUrl.length),
      headers: [['Accept', 'text/html']],
    });
    expect(page.status).toBe(200);
    expect(chain.taken()).toEqual([]);
  });

  it('leaves our own pages to the gateway', async () => {
    const answer = await chain.send({ target: '/.auth/me', headers: [bearer('vic')] });
    expect(answer.body).toContain('"id":"vic"');
  });

  it('asserts nobody on a route opened to everybody', async () => {
    const answer = await chain.send({ target: HEALTH, headers: [bearer('ada')] });
    expect([answer.status, valuesOf(chain.taken()[0], 'authorization').join('')]).toEqual([200, '']);
  });

  it.each<[string, (target: string) => [string, string][]]>([
    ['X-Original-URL', (target) => [['X-Original-URL', `${chain.publicUrl}${target}`]]],
    ['X-Original-URI', (target) => [['X-Original-URI', target]]],
    ['X-Original-Method', () => [['X-Original-Method', 'GET']]],
    ['X-Forwarded-Uri', (target) => [['X-Forwarded-Uri', target]]],
    ['X-Forwarded-Method', () => [['X-Forwarded-Method', 'GET']]],
    ['X-Forwarded-Host', () => [['X-Forwarded-Host', 'evil.example']]],
    ['X-Forwarded-Proto', () => [['X-Forwarded-Proto', 'javascript']]],
    ['X-Forwarded-Prefix', () => [['X-Forwarded-Prefix', '/evil']]],
    ['X-Forwarded-For', () => [['X-Forwarded-For', '127.0.0.1']]],
    ['X-Envoy-Original-Path', (target) => [['X-Envoy-Original-Path', target]]],
    ['X-Rewrite-URL', (target) => [['X-Rewrite-URL', target]]],
    ['X-HTTP-Method-Override', () => [['X-HTTP-Method-Override', 'GET']]],
    ['a made-up secret', () => [['X-Auth-Proxy-Secret', 'guessed']]],
    [
      'all at once',
      (target) => [
        ['X-Original-URL', `${chain.publicUrl}${target}`],
        ['X-Forwarded-Uri', target],
        ['X-Forwarded-Method', 'GET'],
        ['X-Forwarded-Host', chain.host],
        ['X-Forwarded-Proto', 'http'],
      ],
    ],
  ])('a forged %s changes no verdict', async (_name, forge) => {
    const denied = await chain.send({
      method: 'DELETE',
      target: `${VARIABLES}/x`,
      headers: [bearer('vic'), ...forge(DAGS)],
    });
    expect([denied.status, chain.taken()]).toEqual([403, []]);
    const allowed = await chain.send({ target: DAGS, headers: [bearer('vic'), ...forge(VARIABLES)] });
    expect([allowed.status, chain.taken().map(({ target }) => target)]).toEqual([200, [DAGS]]);
  });

  it('lets no identity of the client’s own through', async () => {
    const claims = [
      'X-Remote-User',
      'Remote-User',
      'X-Forwarded-User',
      'X_Remote_User',
      'SCRIPT_NAME',
      'Script-Name',
      'X-Forwarded-Prefix',
      'Forwarded',
      'X-Auth-Proxy-Secret',
      'X-Original-URL',
    ];
    await chain.send({
      target: DAGS,
      headers: [bearer('vic'), ...claims.map((claim) => [claim, 'admin'] as const)],
    });
    const [request] = chain.taken();
    const seen = request?.headers.filter(([, value]) => value.includes('admin'));
    // nginx and Envoy drop or replace all of them; a controller may refuse the request instead.
    expect(seen ?? []).toEqual([]);
  });

  it.each([
    `${VARIABLES}/a%2Fb`,
    `${DAGS}/a.b~c-d_e`,
    `${AIRFLOW}/api/v2/assets?uri=s3%3A%2F%2Fb%2Fk&x=a+b`,
    `${DAGS}/caf%C3%A9`,
  ])('forwards %s as it was judged', async (target) => {
    const answer = await chain.send({ target, headers: [bearer('ada')] });
    expect([answer.status, chain.taken().map((request) => request.target)]).toEqual([200, [target]]);
  });

  it.each(TRICKS(DEPLOYMENT))('a Viewer’s %s runs nothing that is denied', async (_name, bytes) => {
    const { host, tokens } = chain;
    await sendRaw(Number(host.split(':')[1]), bytes({ host, token: tokens.vic }));
    const denied = chain
      .taken()
      .filter(({ method, target }) =>
        readings(target).some((path) => DENIED_FOR_VIEWER(DEPLOYMENT).some((rule) => rule(method, path))),
      );
    expect(denied).toEqual([]);
  });

  // The last one: it takes the gateway away.
  it('lets nobody in while the gateway is down', async () => {
    await chain.stopGateway();
    const answers = await Promise.all([
      chain.send({ target: DAGS, headers: [bearer('ada')] }),
      chain.send({ target: HEALTH }),
      chain.send({ target: DAGS, headers: [['X-Original-URL', HEALTH]] }),
    ]);
    expect(answers.every(({ status }) => status >= 400)).toBe(true);
    expect(chain.taken()).toEqual([]);
  }, 30_000);
});

function valuesOf(request: Recorded | undefined, name: string): string[] {
  return (request?.headers ?? []).filter(([key]) => key === name).map(([, value]) => value);
}
