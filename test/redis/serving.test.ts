import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import {
  createPlatform,
  DAGS,
  LOGS,
  type Platform,
  startGateway,
  startUpstream,
  type TestGateway,
} from './gateway.js';
import { describeWithRedis, eventually, freePort, type RunningRedis, startRedis } from './redis.js';

jest.setTimeout(30_000);

const TRIGGER = '/d1/airflow/api/v2/dags/d/dagRuns';

describeWithRedis('a gateway whose roles are in redis', () => {
  let platform: Platform;
  let upstream: { url: string; server: Server };
  let redis: RunningRedis;
  let gateway: TestGateway;
  let token: string;

  beforeAll(async () => {
    platform = await createPlatform();
    upstream = await startUpstream();
    token = await platform.token('eve', { jti: 't1' });
  });
  afterAll(() => {
    upstream.server.closeAllConnections();
    upstream.server.close();
    platform.close();
  });
  beforeEach(async () => {
    redis = await startRedis();
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
  });
  afterEach(async () => {
    await gateway.stop();
    await redis.stop();
  });

  async function start(fields: object = {}, url = redis.url): Promise<void> {
    gateway = await startGateway({
      platform,
      upstream: upstream.url,
      sources: [{ kind: 'redis', url, keyPrefix: 'p:', ...fields }],
    });
  }
  const status = async (path = DAGS, method = 'GET') => (await gateway.ask(token, path, method)).status;
  const becomes = (expected: number, path = DAGS, method = 'GET') =>
    eventually(async () => (await status(path, method)) === expected, `${expected}`, 8000);

  it.each<[string, string[]]>([
    ['lowered below what it takes', ['HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER']],
    ['deprived of every role', ['DEL', 'p:roles:user:eve']],
    ['revoked', ['SET', 'p:revoked:user:eve', '99999999999']],
    ['revoked by the token', ['SET', 'p:revoked:jti:t1', '1']],
  ])('ends an answer that streams to somebody %s', async (_name, command) => {
    await start();
    await becomes(200);
    const stream = await gateway.open(token, LOGS);
    expect(stream.statusCode).toBe(200);
    const closed = new Promise((resolve) =>
      stream
        .on('error', () => {})
        .on('close', resolve)
        .resume(),
    );
    await redis.cli(...command);
    const at = performance.now();
    await closed;
    expect(performance.now() - at).toBeLessThan(1000);
    expect([401, 403]).toContain(await status(LOGS));
  });

  it('leaves the streams of everybody else, and of somebody raised, alone', async () => {
    await start();
    await becomes(200);
    const stream = await gateway.open(token, LOGS);
    let ended = false;
    stream
      .on('error', () => {})
      .on('close', () => {
        ended = true;
      })
      .resume();
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'ADMIN');
    await redis.cli('SET', 'p:revoked:user:ada', '99999999999');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(ended).toBe(false);
    stream.destroy();
  });

  it('starts without Redis, lets nobody in, says so, and recovers', async () => {
    const port = await freePort();
    await start({}, `redis://127.0.0.1:${port}`);
    expect((await gateway.admin('/readyz')).status).toBe(503);
    const refused = await gateway.ask(token);
    expect(refused).toMatchObject({ status: 503, reason: 'identity-unavailable' });
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);

    const late = await startRedis({ port });
    try {
      await late.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
      await becomes(200);
      await eventually(async () => (await gateway.admin('/readyz')).status === 200, 'ready');
    } finally {
      await late.stop();
    }
  });

  it('answers 503 while Redis is away, with one log line for each change, and stays ready', async () => {
    await start();
    await becomes(200);
    const before = (await gateway.admin('/metrics')).body;
    expect(before).toMatch(/role_source_up\{source="redis"\} 1/);
    expect(before).toMatch(/role_age_seconds_count [1-9]/);
    await redis.kill();
    await becomes(503);
    for (let i = 0; i < 50; i++) expect(await status()).toBe(503);
    expect(await gateway.ask(token)).toMatchObject({ reason: 'role-unavailable' });
    await eventually(
      async () => /role_source_up\{source="redis"\} 0/.test((await gateway.admin('/metrics')).body),
      'the metric',
    );
    expect((await gateway.admin('/readyz')).status).toBe(200);
    redis = await startRedis({ port: redis.port });
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
    await becomes(200);
    expect(await status(LOGS)).toBe(403);
    const lines = gateway.logs().filter(({ source }) => source === 'redis');
    expect(lines.filter(({ message }) => message === 'the role source does not answer')).toHaveLength(1);
    expect(lines.filter(({ message }) => message === 'the role source answers')).toHaveLength(2);
  });

  it('lets people read, not write, by their last known roles where it is told to', async () => {
    await start({ staleForSeconds: 30 });
    await becomes(200);
    expect(await status(TRIGGER, 'POST')).toBe(200);
    await redis.kill();
    await becomes(503, TRIGGER, 'POST');
    const write = await gateway.ask(token, TRIGGER, 'POST');
    expect(write).toMatchObject({ status: 503, reason: 'role-unavailable' });
    expect(write.headers['retry-after']).toMatch(/^\d+$/);
    expect(await status()).toBe(200);
    // Not known to be refused: it may have been raised since.
    expect(await status('/d1/airflow/api/v2/variables')).toBe(503);
    const stranger = await platform.token('ada');
    expect((await gateway.ask(stranger)).status).toBe(503);
  });

  it('keeps the revoked out while Redis is away, and everybody once the list is too old', async () => {
    await start({ staleForSeconds: 30, revocationsMaxStaleSeconds: 2 });
    await becomes(200);
    const other = await platform.token('eve', { jti: 't2' });
    await redis.cli('SET', 'p:revoked:jti:t2', '1');
    await eventually(async () => (await gateway.ask(other)).status === 401, 'revoked');
    await redis.kill();
    expect((await gateway.ask(other)).status).toBe(401);
    expect(await status()).toBe(200);
    await becomes(503);
    expect(await gateway.ask(token)).toMatchObject({ reason: 'identity-unavailable' });
    expect((await gateway.ask(other)).status).toBe(401);
  });

  it('never allows more than was known while Redis is killed and started again under load', async () => {
    await start();
    await becomes(200);
    const seen = new Set<string>();
    let slowestMs = 0;
    let over = false;
    const load = (async () => {
      while (!over) {
        const at = performance.now();
        const [read, admin] = await Promise.all([status(), status('/d1/airflow/api/v2/variables')]);
        slowestMs = Math.max(slowestMs, performance.now() - at);
        seen.add(`dags ${read}`).add(`variables ${admin}`);
      }
    })();
    for (let round = 0; round < 3; round++) {
      await redis.kill();
      await new Promise((resolve) => setTimeout(resolve, 600));
      redis = await startRedis({ port: redis.port });
      await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
      await becomes(200);
    }
    over = true;
    await load;
    // `dags 403` is a Redis that came back empty.
    for (const one of seen) {
      expect(['dags 200', 'dags 503', 'dags 403', 'variables 403', 'variables 503']).toContain(one);
    }
    expect(slowestMs).toBeLessThan(1500);
  });
});
