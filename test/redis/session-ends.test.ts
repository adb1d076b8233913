import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RedisDirectory } from '../../src/directory/redis/redis-directory.js';
import { open, ready } from './open.js';
import { describeWithRedis, eventually, type RunningRedis, startRedis } from './redis.js';

describeWithRedis('ended sessions shared over redis', () => {
  let redis: RunningRedis;
  let here: RedisDirectory;
  let there: RedisDirectory;
  const inAnHour = () => Math.ceil(Date.now() / 1000) + 3600;
  beforeEach(async () => {
    redis = await startRedis();
    here = open(redis.url);
    there = open(redis.url);
    await Promise.all([ready(here), ready(there)]);
  });
  afterEach(async () => {
    here.close();
    there.close();
    await redis.stop();
  });

  it('are over at another gateway within a second, under their own name only', async () => {
    await here.sessionEnds.end('["session","s1"]', 1000, inAnHour());
    const ended = () => there.sessionEnds.endedAt(['["session","s1"]']) === 1000;
    expect(await eventually(ended, 'ended', 3000)).toBeLessThan(1000);
    expect(there.sessionEnds.endedAt(['["session","s2"]'])).toBeUndefined();
  });

  it('are known to a gateway that starts later', async () => {
    await here.sessionEnds.end('["sid","https://idp","x"]', 1000.4, inAnHour());
    const late = open(redis.url);
    await ready(late);
    expect(late.sessionEnds.endedAt(['other', '["sid","https://idp","x"]'])).toBe(1001);
    late.close();
  });

  it('leave nothing behind when nobody asks any more', async () => {
    await here.sessionEnds.end('gone', 1000, Math.ceil(Date.now() / 1000));
    const forgotten = () => here.sessionEnds.endedAt(['gone']) === undefined;
    await eventually(() => !forgotten(), 'ended', 3000);
    await eventually(forgotten, 'forgotten', 5000);
  });

  it('reject where redis does not take them', async () => {
    await redis.stop();
    await expect(here.sessionEnds.end('x', 1000, inAnHour())).rejects.toThrow();
  });
});
