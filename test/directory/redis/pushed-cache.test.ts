import { describe, expect, it } from '@jest/globals';
import { createPushedCache, TRUSTED_MS } from '../../../src/directory/redis/pushed-cache.js';
import { CUT_OFF, type Epoch } from '../../../src/directory/redis/tracker.js';

function cacheIn(first: Epoch) {
  const state = { epoch: first, loads: 0 };
  const cache = createPushedCache<number>({
    max: 10,
    load: async () => ++state.loads,
    ttlMsOf: () => 60_000,
    epoch: () => state.epoch,
  });
  return { cache, state };
}

/** Proven a moment ago, and again whenever somebody looks. */
const proven = (): Epoch => ({
  live: true,
  get provenAt() {
    return performance.now() - 1;
  },
});
const ago = (ms: number): Epoch => ({ live: true, provenAt: performance.now() - ms });

describe('createPushedCache', () => {
  it('believes a value for as long as the connection proves itself', async () => {
    const { cache, state } = cacheIn(proven());
    await cache.get('a');
    await new Promise((resolve) => setTimeout(resolve, TRUSTED_MS + 50));
    expect(cache.fresh('a')?.value).toBe(1);
    expect(cache.fresh('a')?.ageMs).toBeLessThan(50);
    expect(state.loads).toBe(1);
  });

  it('believes a value for a moment only where the connection proves nothing', async () => {
    const { cache } = cacheIn(ago(10_000));
    await cache.get('a');
    expect(cache.fresh('a')?.value).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, TRUSTED_MS + 50));
    expect(cache.fresh('a')).toBeUndefined();
    expect(cache.last('a')?.ageMs).toBeGreaterThan(TRUSTED_MS);
  });

  it('is empty after every change of epoch, also for what was read while cut off', async () => {
    const { cache, state } = cacheIn(CUT_OFF);
    await cache.get('a');
    state.epoch = proven();
    expect(cache.fresh('a')).toBeUndefined();
    expect((await cache.get('a')).value).toBe(2);
    state.epoch = CUT_OFF;
    expect(cache.fresh('a')).toBeUndefined();
  });

  it('dates what it knew by the last proof of its own epoch, not of a later one', async () => {
    const { cache, state } = cacheIn(proven());
    await cache.get('a');
    state.epoch = { live: true, provenAt: performance.now() + 60_000 };
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(cache.last('a')?.ageMs).toBeGreaterThanOrEqual(0);
    expect(cache.fresh('a')).toBeUndefined();
  });

  it('forgets what it is told to', async () => {
    const { cache } = cacheIn(proven());
    await cache.get('a');
    cache.delete('a');
    expect(cache.last('a')).toBeUndefined();
    await cache.get('a');
    cache.clear();
    expect(cache.size).toBe(0);
  });
});
