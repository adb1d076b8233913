import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { RedisDirectory } from '../../src/directory/redis/redis-directory.js';
import type { Principal } from '../../src/domain/principal.js';
import { callerOf, describeRoleSource, serviceAccount, user } from '../contracts/role-source.js';
import { find as ask, levels, open, ready } from './open.js';
import { describeWithRedis, eventually, freePort, type RunningRedis, startRedis } from './redis.js';

describeWithRedis('the redis role source', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  let directory: RedisDirectory;
  const find = (principal: Principal) => ask(directory, principal);
  beforeEach(async () => {
    await redis.cli('FLUSHALL');
    directory = open(redis.url);
    await ready(directory);
  });
  afterEach(() => directory.close());

  describeRoleSource('redis', { names: 'users, groups and service accounts' }, async (grants) => {
    await redis.cli('FLUSHALL');
    for (const { to, binding } of grants) {
      const [kind, name] =
        'user' in to
          ? ['user', to.user]
          : 'group' in to
            ? ['group', to.group]
            : ['service-account', to.serviceAccount];
      const field = 'id' in binding ? `${binding.scope.toLowerCase()}:${binding.id}` : 'system';
      await redis.cli('HSET', `q:roles:${kind}:${name}`, field, binding.level);
    }
    const loaded = open(redis.url, { keyPrefix: 'q:' });
    await ready(loaded);
    return {
      source: loaded.source,
      caller: callerOf,
      takeDown: () => void process.kill(redis.pid, 'SIGSTOP'),
      close: () => {
        process.kill(redis.pid, 'SIGCONT');
        loaded.close();
      },
    };
  });

  it.each<[string, string[]]>([
    ['a role that is given', ['HSET', 'p:roles:user:eve', 'workspace:w', 'ADMIN']],
    ['a role that is lowered', ['HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER']],
    ['a role that is taken', ['HDEL', 'p:roles:user:eve', 'workspace:w']],
    ['a key that is deleted', ['DEL', 'p:roles:user:eve']],
    ['a key that is renamed away', ['RENAME', 'p:roles:user:eve', 'p:roles:user:eve2']],
    ['everything that is deleted', ['FLUSHALL']],
    ['a key that ends by itself', ['PEXPIRE', 'p:roles:user:eve', '1']],
    [
      'a change by a script',
      ['EVAL', "return redis.call('HSET','p:roles:user:eve','workspace:w','ADMIN')", '0'],
    ],
  ])('sees %s within a second, made by the bare program', async (_name, command) => {
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
    await eventually(async () => levels(await find(user('eve'))) === 'EDITOR', 'the first role');
    await redis.cli(...command);
    const took = await eventually(
      async () => levels(await find(user('eve'))) !== 'EDITOR',
      'the change',
      3000,
    );
    expect(took).toBeLessThan(1000);
  });

  it('sees a role that a group gets', async () => {
    expect(levels(await find(user('eve', ['analysts'])))).toBe('');
    await redis.cli('HSET', 'p:roles:group:analysts', 'deployment:d', 'EDITOR');
    const took = await eventually(
      async () => levels(await find(user('eve', ['analysts']))) === 'EDITOR',
      'the role',
      3000,
    );
    expect(took).toBeLessThan(1000);
  });

  it('answers from memory in microseconds', async () => {
    await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
    await find(user('eve'));
    const caller = callerOf(user('eve'));
    const { signal } = new AbortController();
    const rounds = 20_000;
    const startedAt = performance.now();
    for (let i = 0; i < rounds; i++) await directory.source.find(caller, signal);
    expect(((performance.now() - startedAt) / rounds) * 1000).toBeLessThan(100);
  });

  it.each<[string, string]>([
    ['a line break behind the level', 'ADMIN\n'],
    ['small letters', 'admin'],
    ['JSON', '{"__proto__":{"role":"ADMIN"}}'],
    ['nothing', ''],
  ])('takes %s for no role', async (_name, value) => {
    await redis.cli(
      'HSET',
      'p:roles:user:eve',
      'workspace:w',
      value,
      'system',
      value,
      'workspace:',
      'ADMIN',
      'x',
      'ADMIN',
    );
    expect(levels(await find(user('eve')))).toBe('');
  });

  it('cannot answer for a key of another type, and answers for the others', async () => {
    await redis.cli('SET', 'p:roles:user:eve', 'ADMIN');
    await redis.cli('HSET', 'p:roles:user:ada', 'system', 'ADMIN');
    expect(await find(user('eve'))).toMatchObject({
      kind: 'unavailable',
      cause: expect.stringContaining('WRONGTYPE'),
    });
    expect(levels(await find(user('ada')))).toBe('ADMIN');
    await redis.cli('DEL', 'p:roles:user:eve');
    expect(levels(await find(user('eve')))).toBe('');
  });

  it('does not send a name that would arrive as another one', async () => {
    await redis.cli('HSET', 'p:roles:user:\ufffd', 'system', 'ADMIN');
    expect(levels(await find(user('\ufffd')))).toBe('ADMIN');
    expect(levels(await find(user('\ud800')))).toBe('');
  });

  it('does not take the fields of one kind of holder for those of another', async () => {
    await redis.cli('HSET', 'p:roles:group:x', 'system', 'ADMIN');
    expect(levels(await find(user('group:x')))).toBe('');
    expect(levels(await find(serviceAccount('x')))).toBe('');
  });

  it('finds a service account by the digest of its key until it is deleted', async () => {
    const digest = 'ab'.repeat(32);
    expect(await directory.keys.find(digest)).toEqual({ kind: 'none' });
    await redis.cli('SET', `p:service-account-key:${digest}`, 'ci');
    await eventually(async () => (await directory.keys.find(digest)).kind === 'found', 'the key', 1000);
    await redis.cli('DEL', `p:service-account-key:${digest}`);
    await eventually(async () => (await directory.keys.find(digest)).kind === 'none', 'no key', 1000);
    expect(await directory.keys.find('*')).toEqual({ kind: 'none' });
  });

  it('is ready, and full, when Redis comes after it', async () => {
    const port = await freePort();
    const late = open(`redis://127.0.0.1:${port}`);
    try {
      expect(await ask(late, user('eve'))).toMatchObject({ kind: 'unavailable' });
      expect(late.ready()).toBe(false);
      const started = await startRedis({ port });
      try {
        await started.cli('HSET', 'p:roles:user:eve', 'system', 'VIEWER');
        await ready(late);
        await eventually(async () => levels(await ask(late, user('eve'))) === 'VIEWER', 'the role');
      } finally {
        await started.stop();
      }
    } finally {
      late.close();
    }
  });
});
