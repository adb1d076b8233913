import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Gateway, serve } from '../../../src/cli/commands/serve.js';
import { createLog, type Log } from '../../../src/observe/log.js';
import { createSite, DIRECTORY, type Person, type Site, type SiteConfig, until } from './site.js';

jest.setTimeout(60_000);

const UI = '/dep/airflow/api/v2/dags';

let site: Site;
let gateway: Gateway | undefined;
let logged: { level: string; message: string; cause?: { message: string } }[];
let log: Log;

beforeEach(async () => {
  logged = [];
  log = createLog({
    level: 'info',
    destination: { write: (line) => void logged.push(JSON.parse(line)) },
  });
  site = await createSite();
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  await site.close();
});

const ask = async (person: Person, path = UI, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${site.port}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${await site.token(person)}`, ...init.headers },
  });
const statusOf = async (person: Person, path = UI): Promise<number> => (await ask(person, path)).status;
const admin = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${site.adminPort}${path}`);
const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (.*)$`, 'm').exec(await (await admin('/metrics')).text())?.[1]);
const messages = (level: string): string[] =>
  logged.filter((line) => line.level === level).map(({ message }) => message);

describe('start', () => {
  it('opens its doors, becomes ready and tells of warnings', async () => {
    site.writeConfig({ ...site.config, server: { ...site.config.server, trustedProxies: ['0.0.0.0/0'] } });
    gateway = await serve(site.configFile, log);
    await until(async () => (await admin('/readyz')).status === 200);
    expect(await statusOf('ada')).toBe(200);
    expect(messages('warn').join()).toMatch(/everybody may say where a request came from/);
  });

  it('is not ready while the keys of an issuer never were there', async () => {
    const config = structuredClone(site.config) as SiteConfig & { platform: { issuers: object[] } };
    config.platform.issuers = [
      { issuer: 'https://away.test', audience: ['a'], jwks: `http://127.0.0.1:${site.adminPort}/nowhere` },
    ];
    site.writeConfig(config);
    gateway = await serve(site.configFile, log);
    const answer = await admin('/readyz?verbose');
    expect([answer.status, JSON.stringify(await answer.json())]).toEqual([
      503,
      expect.stringContaining('waiting'),
    ]);
    expect((await ask('ada')).status).not.toBe(200);
  });

  it('names what is taken and what to do, and leaves nothing open', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(site.port, '127.0.0.1', resolve));
    await expect(serve(site.configFile, log)).rejects.toThrow(
      new RegExp(`cannot listen on .127.0.0.1:${site.port}. .server.listen, EADDRINUSE.*choose another port`),
    );
    await expect(admin('/healthz')).rejects.toThrow();
    await new Promise((resolve) => other.close(resolve));
    gateway = await serve(site.configFile, log);
    expect(await statusOf('ada')).toBe(200);
  });

  it('refuses what check refuses, with every fault', async () => {
    const config = structuredClone(site.config);
    Object.assign(config.deployments[0] ?? {}, { workspace: 'nobody-knows' });
    site.writeConfig(config);
    await expect(serve(site.configFile, log)).rejects.toThrow(/names workspace `nobody-knows`/);
    await expect(admin('/healthz')).rejects.toThrow();
  });
});

describe('reload', () => {
  it('puts a changed configuration and directory in force', async () => {
    gateway = await serve(site.configFile, log);
    expect(await statusOf('vic', '/dep/airflow/api/v2/variables')).toBe(403);
    writeFileSync(
      site.directoryFile,
      JSON.stringify({
        workspaces: [{ ...DIRECTORY.workspaces[0], members: [{ user: 'vic', role: 'ADMIN' }] }],
      }),
    );
    site.writeConfig({ ...site.config, deployments: [{ ...site.config.deployments[0], id: 'new' }] });
    await gateway.reload();
    expect(await statusOf('vic', '/new/airflow/api/v2/variables')).toBe(200);
    expect(await statusOf('vic', '/dep/airflow/api/v2/variables')).toBe(403);
    expect(await metric('airflow_auth_proxy_config_last_reload_success')).toBe(1);
  });

  it.each([
    ['is no YAML', (): string => 'server: ['],
    ['names an unknown key', (): object => ({ ...site.config, sever: {} })],
    [
      'names a Workspace nobody knows',
      (): object => ({ ...site.config, deployments: [{ ...site.config.deployments[0], workspace: 'x' }] }),
    ],
  ])('keeps the old configuration where the new one %s, and says so', async (_, broken) => {
    gateway = await serve(site.configFile, log);
    site.writeConfig(broken());
    await gateway.reload();
    expect(await statusOf('ada')).toBe(200);
    expect(messages('error')).toContain('configuration is not valid; the one before stays in force');
    expect(await metric('airflow_auth_proxy_config_last_reload_success')).toBe(0);
    site.writeConfig(site.config);
    await gateway.reload();
    expect(await metric('airflow_auth_proxy_config_last_reload_success')).toBe(1);
  });

  it('keeps the old directory where the new one is broken, and says so', async () => {
    gateway = await serve(site.configFile, log);
    writeFileSync(
      site.directoryFile,
      'workspaces: [{ id: data-team, members: [{ user: ada, role: KING }] }]',
    );
    await gateway.reload();
    expect(await statusOf('ada')).toBe(200);
    expect(messages('error').join()).toMatch(/directory is not valid; the one before stays in force/);
    expect(await metric('airflow_auth_proxy_directory_last_reload_success')).toBe(0);
  });

  it('says which keys take a restart', async () => {
    gateway = await serve(site.configFile, log);
    site.writeConfig({ ...site.config, server: { ...site.config.server, limits: { headerBytes: 40_000 } } });
    await gateway.reload();
    expect(messages('warn')).toContain('`server.limits.headerBytes` changed; that takes a restart');
  });

  it('lets a request that began before it finish on what it was judged by', async () => {
    gateway = await serve(site.configFile, log);
    let finish: (() => void) | undefined;
    site.upstream.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.write('begun,');
      finish = () => res.end('ended');
    };
    const answer = await ask('ada');
    await gateway.reload();
    finish?.();
    expect(await answer.text()).toBe('begun,ended');
  });

  it('refuses nobody while it happens again and again', async () => {
    gateway = await serve(site.configFile, log);
    const statuses: number[] = [];
    let over = false;
    const asking = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (!over) statuses.push(await statusOf('ada'));
      }),
    );
    for (let i = 0; i < 5; i++) await gateway.reload();
    over = true;
    await asking;
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('stop', () => {
  it('turns readiness off first, lets running streams finish and closes what is idle', async () => {
    site.writeConfig({
      ...site.config,
      server: { ...site.config.server, timeouts: { drainDelayMs: 300, drainMs: 3000 } },
    });
    const running = await serve(site.configFile, log);
    await until(async () => (await admin('/readyz')).status === 200);
    let finish: (() => void) | undefined;
    site.upstream.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.write('begun,');
      finish = () => res.end('ended');
    };
    const answer = await ask('ada');
    const stopped = running.stop();
    expect((await admin('/readyz')).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(ask('ada')).rejects.toThrow();
    finish?.();
    expect(await answer.text()).toBe('begun,ended');
    const startedAt = Date.now();
    await stopped;
    expect(Date.now() - startedAt).toBeLessThan(1500);
    await expect(admin('/healthz')).rejects.toThrow();
  });

  it('ends streams that outlast the time to drain, visibly cut, and records them', async () => {
    site.writeConfig({
      ...site.config,
      server: { ...site.config.server, timeouts: { drainMs: 200 } },
    });
    const running = await serve(site.configFile, log);
    site.upstream.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.write('begun,');
    };
    const answer = await ask('ada');
    const [text] = await Promise.all([answer.text().catch(() => 'cut'), running.stop()]);
    expect(text).toBe('cut');
    expect(site.audit().map(({ event }) => event.reason)).toEqual(['overloaded']);
  });

  it('does not wait for connections on which nothing is asked', async () => {
    const running = await serve(site.configFile, log);
    const socket = connect(site.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const startedAt = Date.now();
    await running.stop();
    expect(Date.now() - startedAt).toBeLessThan(1000);
    socket.destroy();
  });
});
