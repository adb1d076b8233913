import { describe, expect, it, jest } from '@jest/globals';
import { createLoadingCache, type LoadingCacheOptions } from '../../src/directory/loading-cache.js';

function cacheOf(fields: Partial<LoadingCacheOptions<string>> = {}) {
  const clock = { now: 0 };
  const load = jest.fn(async (key: string) => `value of ${key}`);
  const cache = createLoadingCache<string>({
    max: 10,
    load,
    ttlMsOf: () => 100,
    now: () => clock.now,
    random: () => 0,
    ...fields,
  });
  return { cache, clock, load };
}

/** A load that is answered by hand. */
function byHand() {
  const waiting: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const load = jest.fn(
    (_key: string) => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })),
  );
  return { load, waiting };
}

describe('createLoadingCache', () => {
  it('reads once and answers from memory until the lifetime is over', async () => {
    const { cache, clock, load } = cacheOf();
    expect((await cache.get('a')).value).toBe('value of a');
    clock.now = 99;
    expect(cache.fresh('a')?.value).toBe('value of a');
    await cache.get('a');
    expect(load).toHaveBeenCalledTimes(1);
    clock.now = 100;
    expect(cache.fresh('a')).toBeUndefined();
    expect(cache.last('a')?.value).toBe('value of a');
    await cache.get('a');
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('shortens lifetimes by chance, so that values read together are not read again together', async () => {
    const { cache, clock } = cacheOf({ random: () => 1 });
    await cache.get('a');
    clock.now = 79;
    expect(cache.fresh('a')).toBeDefined();
    clock.now = 80;
    expect(cache.fresh('a')).toBeUndefined();
  });

  it('reads a value once for a thousand who ask at the same time', async () => {
    const { load, waiting } = byHand();
    const { cache } = cacheOf({ load });
    const asked = Array.from({ length: 1000 }, () => cache.get('a'));
    waiting[0]?.resolve('x');
    expect(new Set((await Promise.all(asked)).map(({ value }) => value))).toEqual(new Set(['x']));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('keeps no rejection: the next one asks again', async () => {
    const { load, waiting } = byHand();
    const { cache } = cacheOf({ load });
    const first = cache.get('a');
    waiting[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    const second = cache.get('a');
    waiting[1]?.resolve('x');
    expect((await second).value).toBe('x');
  });

  it('does not keep what was read before a change, and does not let it answer those who ask after', async () => {
    const { load, waiting } = byHand();
    const { cache } = cacheOf({ load });
    const before = cache.get('a');
    cache.delete('a');
    const after = cache.get('a');
    waiting[1]?.resolve('new');
    waiting[0]?.resolve('old');
    expect([(await before).value, (await after).value]).toEqual(['old', 'new']);
    expect(cache.fresh('a')?.value).toBe('new');
  });

  it('does not keep what was read before everything was forgotten', async () => {
    const { load, waiting } = byHand();
    const { cache } = cacheOf({ load });
    const before = cache.get('a');
    cache.clear();
    waiting[0]?.resolve('old');
    await before;
    expect(cache.last('a')).toBeUndefined();
  });

  it('does not use what a further condition refuses', async () => {
    const { cache, load } = cacheOf({ isFresh: () => false });
    await cache.get('a');
    await cache.get('a');
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('holds no more than it may, for a hundred thousand names', async () => {
    const { cache } = cacheOf({ max: 500 });
    for (let i = 0; i < 100_000; i++) await cache.get(`user-${i}`);
    expect(cache.size).toBe(500);
    expect(cache.fresh('user-99999')).toBeDefined();
    expect(cache.last('user-0')).toBeUndefined();
  });
});
