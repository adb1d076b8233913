import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CoverageOptions, coverage, renderCoverage } from '../../../src/cli/commands/coverage.js';
import { matrix } from '../../../src/cli/commands/matrix.js';
import { createFiles, DIRECTORY } from './fixture.js';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const seen: Seen[] = [];
let pages: Readonly<Record<string, { readonly status?: number; readonly body: string }>> = {};
const server: Server = createServer((req, res) => {
  seen.push({ method: req.method, url: req.url, headers: req.headers });
  const page = pages[req.url ?? ''];
  res.writeHead(page?.status ?? (page === undefined ? 404 : 200)).end(page?.body ?? 'not found');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
afterAll(() => new Promise((resolve) => server.close(resolve)));

const write = createFiles();
write('directory.yaml', DIRECTORY);
const gateway = (extraRoutes = '') => `server:
  publicUrl: http://localhost:8084
development: { issuer: true }
deployments:
  - id: sun
    workspace: data-team
    airflow:
      version: "3.3"
      upstream: http://127.0.0.1:${port}
      identity: { profile: airflow3-hs512, secret: ${'s'.repeat(64)} }
      ${extraRoutes}
    flower: { version: "2.2", upstream: "http://127.0.0.1:${port}", identity: { profile: basic, username: u, password: p } }
  - id: moon
    workspace: data-team
    airflow: { version: "2.11", upstream: "http://127.0.0.1:${port}", identity: { profile: none } }
  - id: mars
    workspace: data-team
    airflow: { version: "3.3", upstream: "http://127.0.0.1:1", identity: { profile: none } }
`;
const config = write('gateway.yaml', gateway());
const ask = (options: Partial<CoverageOptions> = {}) =>
  coverage({ config, deployment: 'sun', service: 'airflow', ...options });
const openApi = (paths: object) => ({ body: JSON.stringify({ openapi: '3.1.0', paths }) });

beforeEach(() => {
  seen.length = 0;
  pages = {};
});

describe('coverage of Airflow 3', () => {
  it('lists what no rule names, and asks nothing but documents, as Admin', async () => {
    pages = {
      '/sun/airflow/openapi.json': openApi({
        '/api/v2/dags': { get: {}, patch: {} },
        '/api/v2/variables/{variable_key}': { get: {} },
        '/my-plugin/{x}': { get: {}, post: {} },
      }),
      '/sun/airflow/auth/openapi.json': openApi({ '/token': { post: {} } }),
    };
    const found = await ask();
    expect(found).toMatchObject({ deployment: 'sun', service: 'airflow', version: '3.3', routes: 6 });
    expect(found.unknown).toEqual([
      { method: 'GET', path: '/my-plugin/{x}' },
      { method: 'POST', path: '/my-plugin/{x}' },
    ]);
    expect(found.asked.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/openapi.json 200',
      '/auth/openapi.json 200',
      '/edge_worker/openapi.json 404',
      '/auth/fab/v1/openapi.json 404',
    ]);
    expect(seen.every(({ method, headers }) => method === 'GET' && headers.host === 'localhost:8084')).toBe(
      true,
    );
    const [, claims = ''] = seen[0]?.headers.authorization?.split('.') ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      sub: 'service-account:airflow-auth-proxy-coverage',
      role: 'admin',
    });
  });

  it('suggests rules that load, and that leave nothing unknown', async () => {
    pages = { '/sun/airflow/openapi.json': openApi({ '/my-plugin/{x}': { get: {}, delete: {} } }) };
    const text = renderCoverage(await ask());
    expect(text).toContain('2 listed, 2 unknown');
    const snippet = text.slice(text.indexOf('extraRoutes:')).replaceAll('\n', '\n      ');
    const file = write('with-rules.yaml', gateway(snippet));
    expect((await ask({ config: file })).unknown).toEqual([]);
    const rows = JSON.parse((await matrix({ airflow: '3.3', config: file, format: 'json' })).text);
    expect(rows.filter(({ path }: { path: string }) => path === '/my-plugin/{x}')).toMatchObject([
      { method: 'GET', VIEWER: 'deny', EDITOR: 'deny', ADMIN: 'allow' },
      { method: 'DELETE', VIEWER: 'deny', EDITOR: 'deny', ADMIN: 'allow' },
    ]);
  });

  it('says so where all is known', async () => {
    pages = { '/sun/airflow/openapi.json': openApi({ '/api/v2/dags': { get: {} } }) };
    expect(renderCoverage(await ask())).toContain('1 listed, none unknown to the catalog');
  });
});

describe('coverage of older services', () => {
  it('reads the OpenAPI and the links of the front page of Airflow 2', async () => {
    pages = {
      '/moon/airflow/api/v1/openapi.json': openApi({ '/dags': { get: {} }, '/secretDoor': { get: {} } }),
      '/moon/airflow/home': {
        body: '<a href="/moon/airflow/my-view/list/?x=1">Mine</a><a href="/moon/airflow/home">',
      },
    };
    const { unknown } = await ask({ deployment: 'moon' });
    expect(unknown).toEqual([
      { method: 'GET', path: '/api/v1/secretDoor' },
      { method: 'GET', path: '/my-view/list/' },
    ]);
  });

  it('reads the links of Flower', async () => {
    pages = {
      '/sun/flower/': { body: '<a href="/sun/flower/workers">w</a><a href="/sun/flower/new">n</a>' },
    };
    expect((await ask({ service: 'flower' })).unknown).toEqual([{ method: 'GET', path: '/new' }]);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  });
});

describe('coverage without an answer', () => {
  it.each([
    { name: 'a refusal', deployment: 'sun', said: 'status 403' },
    { name: 'nobody there', deployment: 'mars', said: 'ECONNREFUSED' },
  ])('fails and says what it met: $name', async ({ deployment, said }) => {
    pages = Object.fromEntries(
      ['/openapi.json', '/auth/openapi.json'].map((path) => [
        `/sun/airflow${path}`,
        { status: 403, body: '{}' },
      ]),
    );
    await expect(ask({ deployment })).rejects.toThrow(said);
  });

  it('fails for an unknown service', async () => {
    await expect(ask({ deployment: 'venus' })).rejects.toThrow('deployment `venus` has no service `airflow`');
  });
});
