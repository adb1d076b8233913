import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { RedisDirectory } from '../../src/directory/redis/redis-directory.js';
import { user } from '../contracts/role-source.js';
import { type Chaos, type ChaosMode, startChaos } from './chaos.js';
import { find, levels, open, ready } from './open.js';
import { describeWithRedis, eventually, type RunningRedis, startRedis } from './redis.js';

/** The client's time-out, and what a busy machine may add. */
const PATIENCE_MS = 250 + 250;

jest.setTimeout(20_000);

describeWithRedis('the redis role source under faults', () => {
  let redis: RunningRedis;
  let chaos: Chaos;
  let directory: RedisDirectory;
  const states: string[] = [];

  beforeEach(async () => {
    redis = await startRedis();
    chaos = await startChaos(redis.port);
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
    states.length = 0;
    directory = open(chaos.url, { onUp: (up) => states.push(up ? 'up' : 'down') });
    await ready(directory);
    await eventually(async () => levels(await find(directory, user('eve'))) === 'EDITOR', 'the role');
  });
  afterEach(async () => {
    directory.close();
    await chaos.close();
    await redis.stop();
  });

  /** Asks again and again for a while: how long the slowest answer took, and what was said. */
  async function ask(forMs: number): Promise<{ slowestMs: number; said: Set<string> }> {
    const said = new Set<string>();
    let slowestMs = 0;
    const startedAt = performance.now();
    while (performance.now() - startedAt < forMs) {
      const askedAt = performance.now();
      said.add(levels(await find(directory, user('eve'))));
      slowestMs = Math.max(slowestMs, performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { slowestMs, said };
  }

  const recovered = () =>
    eventually(
      async () => levels(await find(directory, user('eve'))) === 'VIEWER',
      'the new role, without restart',
      8000,
    );

  it.each<[string, ChaosMode]>([
    ['five seconds late', { kind: 'late', delayMs: 5000 }],
    ['silent', { kind: 'silent' }],
    ['cut half-way through every reply', { kind: 'cut' }],
    ['loading its data', { kind: 'reply', reply: '-LOADING Redis is loading the dataset in memory\r\n' }],
    ['without its primary', { kind: 'reply', reply: '-MASTERDOWN Link with MASTER is down\r\n' }],
    ['asking for a password', { kind: 'reply', reply: '-NOAUTH Authentication required.\r\n' }],
    ['speaking another protocol', { kind: 'reply', reply: 'HTTP/1.1 400 Bad Request\r\n\r\n' }],
    ['busy with a script', { kind: 'reply', reply: '-BUSY Redis is busy running a script.\r\n' }],
  ])(
    'never allows more than was known, nor for longer than a second, with a Redis %s',
    async (_name, mode) => {
      chaos.behave(mode);
      // Lowered where nobody can hear it.
      await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
      const first = await ask(1000);
      expect([...first.said].filter((one) => one !== 'EDITOR' && one !== 'unavailable')).toEqual([]);
      const later = await ask(300);
      expect([...later.said]).toEqual(['unavailable']);
      expect(Math.max(first.slowestMs, later.slowestMs)).toBeLessThan(PATIENCE_MS);
      chaos.behave({ kind: 'pass' });
      await recovered();
      expect(states).toEqual(['up', 'down', 'up']);
    },
  );

  it('refuses at once while Redis is killed, and comes back with it', async () => {
    await redis.kill();
    await eventually(
      async () => levels(await find(directory, user('eve'))) === 'unavailable',
      'unavailable',
      1000,
    );
    expect((await ask(500)).slowestMs).toBeLessThan(PATIENCE_MS);
    redis = await startRedis({ port: redis.port });
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
    await recovered();
  });

  it('is not fooled by a change made while its tracking connection was killed', async () => {
    for (let round = 0; round < 5; round++) {
      const level = round % 2 === 0 ? 'VIEWER' : 'EDITOR';
      await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', level);
      const took = await eventually(
        async () => levels(await find(directory, user('eve'))) === level,
        level,
        3000,
      );
      expect(took).toBeLessThan(1000);
    }
  });

  it('survives that every connection is killed again and again', async () => {
    for (let round = 0; round < 10; round++) {
      await redis.cli('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
      const { said } = await ask(60);
      expect([...said].filter((one) => one !== 'EDITOR' && one !== 'unavailable')).toEqual([]);
    }
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
    await recovered();
  });

  it('is told of changes by a read-only replica too', async () => {
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${redis.port}`] });
    const reader = open(replica.url);
    try {
      await ready(reader);
      expect(await replica.cli('SET', 'x', '1')).toContain('READONLY');
      await eventually(async () => levels(await find(reader, user('eve'))) === 'EDITOR', 'the role', 8000);
      await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
      const took = await eventually(
        async () => levels(await find(reader, user('eve'))) === 'VIEWER',
        'lowered',
        3000,
      );
      expect(took).toBeLessThan(1000);
    } finally {
      reader.close();
      await replica.stop();
    }
  });

  it('sees changes within a second where the server refuses to track', async () => {
    await redis.cli('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '+@all', '-client');
    const pushes: boolean[] = [];
    const plain = open(redis.url.replace('//', '//plain:secret@'), {
      onPush: (pushed) => pushes.push(pushed),
    });
    try {
      await ready(plain);
      await eventually(async () => levels(await find(plain, user('eve'))) === 'EDITOR', 'the role');
      await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
      await redis.cli('SET', 'p:revoked:user:eve', '5');
      expect(
        await eventually(async () => levels(await find(plain, user('eve'))) === 'VIEWER', 'lowered', 3000),
      ).toBeLessThan(1000);
      const revoked = () =>
        plain.revocations.check({ kind: 'user', subject: 'eve', jti: undefined, iat: 1 }) === 'revoked';
      expect(await eventually(revoked, 'revoked', 3000)).toBeLessThan(1000);
      await eventually(() => pushes.length > 0, 'somebody is told', 3000);
      expect(pushes).toEqual([false]);
    } finally {
      plain.close();
    }
  });

  it('works with a reader whose rights end at its own keys', async () => {
    await redis.cli(
      'ACL',
      'SETUSER',
      'reader',
      'on',
      '>p@ss:/',
      '~p:*',
      '&__redis__:invalidate',
      '-@all',
      '+hgetall',
      '+pttl',
      '+get',
      '+exists',
      '+scan',
      '+ping',
      '+subscribe',
      '+client|id',
      '+client|tracking',
      '+client|setname',
    );
    const pushes: boolean[] = [];
    const reader = open(redis.url.replace('//', `//reader:${encodeURIComponent('p@ss:/')}@`), {
      onPush: (pushed) => pushes.push(pushed),
    });
    try {
      await ready(reader);
      await eventually(() => pushes.length > 0, 'changes are pushed', 3000);
      expect(pushes).toEqual([true]);
      expect(levels(await find(reader, user('eve')))).toBe('EDITOR');
    } finally {
      reader.close();
    }
  });

  it('answers reads by the last known roles for as long as it may, and no longer', async () => {
    const bridging = open(chaos.url, { staleForSeconds: 2 });
    try {
      await ready(bridging);
      await eventually(async () => levels(await find(bridging, user('eve'))) === 'EDITOR', 'the role');
      await redis.kill();
      await eventually(
        async () => {
          const answer = await find(bridging, user('eve'));
          return answer.kind === 'found' && answer.stale === true;
        },
        'the last word',
        1500,
      );
      expect(await find(bridging, user('eve'))).toMatchObject({
        bindings: [{ level: 'EDITOR' }],
        stale: true,
      });
      expect(await find(bridging, user('ada'))).toMatchObject({ kind: 'unavailable' });
      await eventually(
        async () => levels(await find(bridging, user('eve'))) === 'unavailable',
        'too old',
        4000,
      );
    } finally {
      bridging.close();
    }
  });

  it('does not bridge a role that was to end in the meantime, nor one known to have changed', async () => {
    const bridging = open(chaos.url, { staleForSeconds: 60 });
    try {
      await ready(bridging);
      await redis.cli('HSET', 'p:roles:user:ada', 'system', 'ADMIN');
      await redis.cli('PEXPIRE', 'p:roles:user:ada', '1500');
      await eventually(async () => levels(await find(bridging, user('ada'))) === 'ADMIN', 'the role');
      await redis.kill();
      await eventually(
        async () => {
          const answer = await find(bridging, user('ada'));
          return answer.kind === 'found' && answer.stale === true;
        },
        'the last word',
        1200,
      );
      await eventually(
        async () => levels(await find(bridging, user('ada'))) === 'unavailable',
        'it ended',
        3000,
      );
    } finally {
      bridging.close();
    }
  });
});
