import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { verifyChain } from '../../../src/audit/verify.js';
import { joinReadiness } from '../../../src/cli/commands/serve-cluster.js';
import { type Built, startBuilt } from './built.js';
import { createSite, type Site, until } from './site.js';

jest.setTimeout(60_000);

let site: Site;
let built: Built | undefined;

beforeEach(async () => {
  site = await createSite((config) => {
    config.server = { ...config.server, workers: 2 };
  });
});
afterEach(async () => {
  await built?.stop();
  built = undefined;
  await site.close();
});

const start = async (): Promise<Built> => {
  built = startBuilt(['serve', '--config', site.configFile], site.folder);
  await until(async () => (await fetch(`http://127.0.0.1:${site.adminPort}/readyz`)).status === 200);
  return built;
};
/** A request on a connection of its own, so that either worker may get it. */
const denied = async (): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${site.port}/dep/airflow/api/v2/variables`, {
    headers: { authorization: `Bearer ${await site.token('vic')}`, connection: 'close' },
  });
  return answer.status;
};
const counted = async (): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${site.adminPort}/metrics`)).text();
  return Number(/^airflow_auth_proxy_decisions_total\{.*insufficient-permission.*\} (\d+)$/m.exec(text)?.[1]);
};
const pids = (running: Built): number[] =>
  running
    .log()
    .filter(({ message }) => message === 'a worker ended; another one takes its place')
    .map(({ pid }) => Number(pid));

describe('several workers', () => {
  it('answer behind one address, count together and keep a chain each', async () => {
    const running = await start();
    for (let n = 0; n < 20; n++) expect(await denied()).toBe(403);
    expect(await counted()).toBe(20);
    const info = await (await fetch(`http://127.0.0.1:${site.adminPort}/metrics`)).text();
    expect(info).toMatch(/^airflow_auth_proxy_build_info\{version="[^"]+"\} 1$/m);
    expect(info).toMatch(/^airflow_auth_proxy_config_last_reload_success 1$/m);
    expect(await running.stop()).toBe(0);
    built = undefined;
    const chains = await Promise.all([1, 2].map((worker) => verifyChain(`${site.auditFile}.${worker}`)));
    expect(chains.map(({ kind }) => kind)).toEqual(['intact', 'intact']);
    expect(chains.reduce((sum, chain) => sum + (chain.kind === 'intact' ? chain.records : 0), 0)).toBe(20);
    expect(existsSync(site.auditFile)).toBe(false);
  }, 30_000);

  it('are replaced when they die, and reload together', async () => {
    const running = await start();
    const [victim] = running.log().filter(({ message }) => message === 'a worker started');
    process.kill(Number(victim?.pid), 'SIGKILL');
    await until(() => pids(running).length === 1);
    expect(await denied()).toBe(403);
    await until(() => running.log().filter(({ message }) => message === 'listening').length === 3);
    site.writeConfig({ ...site.config, deployments: [] });
    running.process.kill('SIGHUP');
    await until(
      () => running.log().filter(({ message }) => message === 'configuration reloaded').length >= 2,
    );
    expect(await denied()).toBe(403);
  }, 30_000);

  it('all end, with a clear message, where the address is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(site.port, '127.0.0.1', resolve));
    const failing = startBuilt(['serve', '--config', site.configFile], site.folder);
    expect(await failing.ended).toBe(1);
    expect(failing.text()).toMatch(/server\.listen, EADDRINUSE/);
    await new Promise((resolve) => other.close(resolve));
  }, 30_000);
});

describe('readiness of several workers', () => {
  it.each([
    ['none is there', [undefined, undefined], 'waiting'],
    ['one of two is there', [{ draining: false, checks: [] }, undefined], 'failing'],
    [
      'both are there',
      [
        { draining: false, checks: [] },
        { draining: false, checks: [] },
      ],
      'ok',
    ],
  ] as const)('says so where %s', (_, workers, state) => {
    expect(joinReadiness(workers)[0]).toMatchObject({ name: 'workers', state });
  });

  it('takes each check from the worker that is worst off', () => {
    const of = (state: 'ok' | 'waiting' | 'failing') => ({
      draining: false,
      checks: [{ name: 'keys', state }],
    });
    expect(joinReadiness([of('ok'), of('waiting'), of('failing')])[1]).toMatchObject({ state: 'waiting' });
    expect(joinReadiness([of('ok'), of('failing')])[1]).toMatchObject({ state: 'failing' });
  });
});
