import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Agent, request } from 'undici';
import { type Built, startBuilt } from './built.js';
import { createSite, linesOf, type Person, type Site, until } from './site.js';

jest.setTimeout(60_000);

/** What each role gets, one row a request. */
const ASKED: readonly {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly status: Readonly<Record<Person, number>>;
}[] = [
  { method: 'GET', path: '/api/v2/dags', status: { ada: 200, eve: 200, vic: 200, out: 403 } },
  { method: 'GET', path: '/api/v2/variables', status: { ada: 200, eve: 403, vic: 403, out: 403 } },
  { method: 'POST', path: '/api/v2/dags/d/dagRuns', status: { ada: 200, eve: 200, vic: 403, out: 403 } },
  { method: 'PATCH', path: '/api/v2/connections', status: { ada: 200, eve: 403, vic: 403, out: 403 } },
  {
    method: 'GET',
    path: '/api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1',
    status: { ada: 200, eve: 200, vic: 403, out: 403 },
  },
  { method: 'GET', path: '/no/such/route', status: { ada: 403, eve: 403, vic: 403, out: 403 } },
];
const PEOPLE: readonly Person[] = ['ada', 'eve', 'vic', 'out'];
const COUNT = 2000;

let site: Site;
let built: Built;

beforeAll(async () => {
  site = await createSite(({ deployments: [deployment] }) => {
    Object.assign(deployment?.airflow ?? {}, {
      identity: { profile: 'airflow3-hs512', secret: 'a'.repeat(64), audience: 'apache-airflow' },
    });
  });
  site.upstream.answer = (req, res) => {
    // Whose request this was upstream, read from the identity we asserted.
    const claims = req.headers.authorization?.split('.')[1] ?? '';
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as { sub?: string };
    req.resume().on('end', () => setTimeout(() => res.end(JSON.stringify({ sub, url: req.url })), 5));
  };
  built = startBuilt(['serve', '--config', site.configFile], site.folder);
  await until(async () => (await fetch(`http://127.0.0.1:${site.adminPort}/readyz`)).status === 200);
}, 20_000);
afterAll(async () => {
  await built.stop();
  await site.close();
});

describe('two thousand requests at once, of people with different roles', () => {
  it('get each the right verdict under the right name, and leave no socket behind', async () => {
    const tokens = new Map<Person, string>();
    for (const person of PEOPLE) tokens.set(person, await site.token(person));
    // A connection each: as many clients at once as there are requests.
    const agent = new Agent({ connections: COUNT, pipelining: 1 });
    const answers = await Promise.all(
      Array.from({ length: COUNT }, async (_, n) => {
        const asked = ASKED[n % ASKED.length];
        const person = PEOPLE[Math.floor(n / ASKED.length) % PEOPLE.length];
        if (asked === undefined || person === undefined) throw new Error('no such row');
        const url = `/dep/airflow${asked.path}?n=${n}`;
        const { statusCode, body } = await request(`http://127.0.0.1:${site.port}${url}`, {
          dispatcher: agent,
          method: asked.method,
          headers: { authorization: `Bearer ${tokens.get(person)}`, 'content-type': 'application/json' },
          body: asked.method === 'GET' ? null : '{}',
        });
        const said = (await body.json()) as { sub?: string; url?: string };
        const expected = asked.status[person];
        const right =
          statusCode === expected && (expected !== 200 || (said.sub === person && said.url === url));
        return right ? undefined : `${person} ${asked.method} ${url}: ${statusCode} ${JSON.stringify(said)}`;
      }),
    );
    expect(answers.filter((wrong) => wrong !== undefined)).toEqual([]);

    const denied = Array.from(
      { length: COUNT },
      (_, n) =>
        ASKED[n % ASKED.length]?.status[PEOPLE[Math.floor(n / ASKED.length) % PEOPLE.length] ?? 'out'],
    ).filter((status) => status === 403).length;
    expect(site.upstream.seen).toHaveLength(COUNT - denied);
    await until(() => linesOf(site.auditFile).length === denied);

    await agent.close();
    const open = async (): Promise<number> =>
      new Promise((resolve) => site.upstream.server.getConnections((_, count) => resolve(count)));
    // Idle connections upstream end by themselves; none outlives its use.
    await until(async () => (await open()) === 0);
    const metrics = await (await fetch(`http://127.0.0.1:${site.adminPort}/metrics`)).text();
    const handles = Number(
      /^nodejs_active_resources\{type="TCPSocketWrap"\} (\d+)$/m.exec(metrics)?.[1] ?? 0,
    );
    expect(handles).toBeLessThan(10);
  }, 60_000);
});
