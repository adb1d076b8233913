import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RedisDirectory } from '../../src/directory/redis/redis-directory.js';
import { open, ready } from './open.js';
import { describeWithRedis, eventually, freePort, type RunningRedis, startRedis } from './redis.js';

const EVE = { kind: 'user', subject: 'eve', jti: 't1', iat: 1000 } as const;

describeWithRedis('revocations mirrored from redis', () => {
  let redis: RunningRedis;
  let directory: RedisDirectory;
  const check = () => directory.revocations.check(EVE);
  const becomes = (verdict: string) => eventually(() => check() === verdict, verdict, 3000);
  beforeEach(async () => {
    redis = await startRedis();
    directory = open(redis.url, { revocationsMaxStaleSeconds: 1 });
  });
  afterEach(async () => {
    directory.close();
    await redis.stop();
  });

  it('knows nobody before the list was loaded once', async () => {
    const late = open(`redis://127.0.0.1:${await freePort()}`);
    expect(late.revocations.check(EVE)).toBe('unknown');
    late.close();
    await ready(directory);
    expect(check()).toBe('valid');
  });

  it.each<[string, string[], string[]]>([
    ['a token', ['SET', 'p:revoked:jti:t1', '1'], ['DEL', 'p:revoked:jti:t1']],
    [
      'a token for a time',
      ['SET', 'p:revoked:jti:t1', '1', 'EX', '1000'],
      ['PEXPIRE', 'p:revoked:jti:t1', '1'],
    ],
    ['a person', ['SET', 'p:revoked:user:eve', '1000'], ['SET', 'p:revoked:user:eve', '999']],
    ['a person by a value nobody understands', ['SET', 'p:revoked:user:eve', 'now'], ['FLUSHALL']],
    [
      'a person by a key of another type',
      ['LPUSH', 'p:revoked:user:eve', '1'],
      ['DEL', 'p:revoked:user:eve'],
    ],
  ])('revokes %s within a second, and takes it back', async (_name, revoke, restore) => {
    await ready(directory);
    await redis.cli(...revoke);
    expect(await becomes('revoked')).toBeLessThan(1000);
    await redis.cli(...restore);
    expect(await becomes('valid')).toBeLessThan(1000);
  });

  it('loads what was revoked before, whatever the number and the names', async () => {
    await redis.cli('EVAL', "for i=1,3000 do redis.call('SET','p:revoked:jti:x'..i,'1') end", '0');
    await redis.cli('SET', 'p:revoked:jti:t1', '1');
    const second = open(redis.url);
    await ready(second);
    expect(second.revocations.check(EVE)).toBe('revoked');
    expect(second.revocations.check({ ...EVE, jti: 'x2999' })).toBe('revoked');
    expect(second.revocations.check({ ...EVE, jti: 'x3001' })).toBe('valid');
    second.close();
  });

  it('reads a prefix with pattern characters as itself', async () => {
    await redis.cli('SET', 'a*[b]?\\:revoked:jti:t1', '1');
    await redis.cli('SET', 'axb:revoked:jti:t2', '1');
    const second = open(redis.url, { keyPrefix: 'a*[b]?\\:' });
    await ready(second);
    expect(second.revocations.check(EVE)).toBe('revoked');
    second.close();
  });

  it('keeps revoking while Redis is away, and knows nobody else once the list is too old', async () => {
    await ready(directory);
    await redis.cli('SET', 'p:revoked:jti:t1', '1');
    await becomes('revoked');
    await redis.kill();
    const other = { ...EVE, subject: 'ada', jti: 't2' };
    expect(directory.revocations.check(other)).toBe('valid');
    await eventually(() => directory.revocations.check(other) === 'unknown', 'too old', 3000);
    expect(check()).toBe('revoked');

    const again = await startRedis({ port: redis.port });
    try {
      await eventually(() => directory.revocations.check(other) === 'valid', 'loaded again');
      expect(check()).toBe('valid');
    } finally {
      await again.stop();
    }
  });

  it('learns on return what was revoked while it was cut off', async () => {
    await ready(directory);
    await redis.cli('SET', 'p:revoked:jti:t1', '1');
    const id = /id=(\d+) .*sub=1/.exec(await redis.cli('CLIENT', 'LIST'))?.[1] ?? '';
    await redis.cli('CLIENT', 'KILL', 'ID', id);
    await redis.cli('SET', 'p:revoked:user:ada', '2000');
    const took = await eventually(
      () => directory.revocations.check({ kind: 'user', subject: 'ada', jti: 'x', iat: 1 }) === 'revoked',
      'seen on return',
      3000,
    );
    expect(took).toBeLessThan(1000);
  });
});
