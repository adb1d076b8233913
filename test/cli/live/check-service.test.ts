import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ConfiguredService } from '../../../src/cli/compose/services.js';
import { checkService } from '../../../src/cli/live/check-service.js';
import type { Assertion } from '../../../src/domain/assertion.js';
import { parseVersion } from '../../../src/domain/version.js';

let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server === undefined ? done() : server.close(() => done()))));

const assertion: Assertion = { profile: 'test', assert: async () => [['authorization', 'Bearer ours']] };

async function serviceAt(
  answer: (req: IncomingMessage, res: ServerResponse) => void,
  fields: { version?: string; profile?: string; kind?: 'airflow' | 'flower' } = {},
): Promise<ConfiguredService> {
  const { version = '3.3', profile = 'airflow3-hs512', kind = 'airflow' } = fields;
  server = createServer(answer);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    deployment: 'quasar',
    service: kind,
    path: '/quasar/airflow',
    origins: ['http://airflow.example.com'],
    version: parseVersion(version),
    config: {
      version,
      upstream: `http://127.0.0.1:${port}`,
      identity: { profile, audience: 'apache-airflow', username: 'u', header: 'x-user' },
    },
  } as unknown as ConfiguredService;
}

/** An Airflow 3 that takes exactly our assertion. */
function airflow3(version: string, refusal?: { status: number; body: string }) {
  return (req: IncomingMessage, res: ServerResponse) => {
    const json = (status: number, value: unknown) => {
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(value));
    };
    if (req.url === '/quasar/airflow/api/v2/version') return json(200, { version, git_version: null });
    if (req.headers.authorization !== 'Bearer ours') return json(401, { detail: 'Not authenticated' });
    if (refusal !== undefined) return json(refusal.status, { detail: refusal.body });
    return json(200, { dags: [], total_entries: 0 });
  };
}

const messages = async (service: ConfiguredService) =>
  (await checkService(service, assertion)).map(({ kind, message }) => `${kind}: ${message}`);

describe('checkService', () => {
  it('is content with the release and the assertion', async () => {
    expect(await messages(await serviceAt(airflow3('3.3.2')))).toEqual([
      'ok: deployment `quasar` airflow: runs 3.3.2',
      'ok: deployment `quasar` airflow: takes our assertion (airflow3-hs512)',
    ]);
  });

  it('names the release that runs where the configuration says another', async () => {
    const [first] = await messages(await serviceAt(airflow3('3.0.6')));
    expect(first).toBe(
      'fault: deployment `quasar` airflow: runs 3.0.6, the configuration says 3.3; set version: "3.0"',
    );
  });

  it('says what to set where the assertion is not taken', async () => {
    const refusing = airflow3('3.3.2', { status: 403, body: 'Invalid JWT token' });
    const [, second] = await messages(await serviceAt(refusing));
    expect(second).toContain('does not take our assertion (status 403, "Invalid JWT token")');
    expect(second).toContain('AIRFLOW__API_AUTH__JWT_SECRET');
  });

  it('asks for the release with the assertion where nobody unknown is told it', async () => {
    const closed = (told: string) => (req: IncomingMessage, res: ServerResponse) => {
      const known = req.headers.authorization === told;
      res.writeHead(known ? 200 : 403, { 'content-type': 'application/json' });
      res.end(known ? '{"version":"2.11.2"}' : '{}');
    };
    const airflow2 = { version: '2.11', profile: 'astro-sm' };
    expect(await messages(await serviceAt(closed('Bearer ours'), airflow2))).toEqual([
      'ok: deployment `quasar` airflow: runs 2.11.2',
      'ok: deployment `quasar` airflow: takes our assertion (astro-sm)',
    ]);
    await new Promise((done) => server?.close(done));
    const refused = await messages(await serviceAt(closed('Bearer of somebody else'), airflow2));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain('does not take our assertion (status 403)');
  });

  it('does not take a page for an answer: Airflow 3 answers unknown paths with 200', async () => {
    const page = (_req: IncomingMessage, res: ServerResponse) => {
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end('<!doctype html>');
    };
    const found = await messages(await serviceAt(page));
    expect(found[0]).toContain('does not say its version below `/quasar/airflow`');
    expect(found[1]).toContain('does not take our assertion (status 200)');
  });

  it('names the upstream that is not there, once', async () => {
    const service = await serviceAt(() => undefined);
    await new Promise<void>((done) => server?.close(() => done()));
    server = undefined;
    const found = await messages(service);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^fault: .* does not answer \(ECONNREFUSED\); start it or fix upstream$/);
  });

  it('tells the Deployment as audience for Airflow 2', async () => {
    const service = await serviceAt((_req, res) => res.writeHead(403).end(), {
      version: '2.11',
      profile: 'airflow2',
    });
    const found = await messages(service);
    expect(found.at(-1)).toContain('AIRFLOW_AUTH_PROXY_AUDIENCE to `quasar`');
  });

  it('asks Flower what only somebody known may read', async () => {
    const asked: string[] = [];
    const service = await serviceAt(
      (req, res) => {
        asked.push(`${req.url} ${req.headers.authorization}`);
        res.writeHead(401).end();
      },
      { version: '2.2', profile: 'basic', kind: 'flower' },
    );
    expect((await messages(service))[0]).toContain('start Flower with --basic_auth');
    expect(asked).toEqual(['/quasar/airflow/api/task/types Bearer ours']);
  });
});
