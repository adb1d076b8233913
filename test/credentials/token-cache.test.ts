import { describe, expect, it, jest } from '@jest/globals';
import { createCachedVerifier } from '../../src/credentials/token-cache.js';
import type { Verification } from '../../src/credentials/verify.js';
import { goodToken, issuerWith, KEY, NOW, verifierFor } from './tokens.js';

function harness(maxEntries?: number) {
  let now = NOW;
  let generation: number | undefined = 1;
  const fixed = issuerWith([KEY]);
  const keys = { ...fixed.keys, generation: () => generation };
  const verify = jest.fn(verifierFor([{ ...fixed, keys }], () => now));
  const onHit = jest.fn();
  const onMiss = jest.fn();
  const cached = createCachedVerifier({
    verify,
    onHit,
    onMiss,
    ...(maxEntries === undefined ? {} : { maxEntries }),
  });
  return {
    cached,
    verify,
    onHit,
    onMiss,
    setNow(seconds: number) {
      now = seconds;
    },
    setGeneration(value: number | undefined) {
      generation = value;
    },
  };
}

describe('createCachedVerifier', () => {
  it('verifies a token once and counts hits and misses', async () => {
    const { cached, verify, onHit, onMiss } = harness();
    const token = goodToken();
    const first = await cached(token);
    expect(await cached(token)).toBe(first);
    expect([verify.mock.calls.length, onHit.mock.calls.length, onMiss.mock.calls.length]).toEqual([1, 1, 1]);
  });

  it('verifies a token that many requests bring at once only once', async () => {
    const { cached, verify } = harness();
    const token = goodToken();
    await Promise.all(Array.from({ length: 50 }, () => cached(token)));
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('never uses an entry past exp and tolerance', async () => {
    const { cached, setNow } = harness();
    const token = goodToken();
    await cached(token);
    setNow(NOW + 3609);
    expect(await cached(token)).toMatchObject({ kind: 'verified' });
    setNow(NOW + 3610);
    expect(await cached(token)).toMatchObject({ kind: 'rejected', code: 'expired' });
  });

  it('refuses a remembered token when the clock jumps back before its iat', async () => {
    const { cached, setNow } = harness();
    const token = goodToken();
    await cached(token);
    setNow(NOW - 3600);
    expect(await cached(token)).toMatchObject({ code: 'not-yet-valid' });
  });

  it.each([2, undefined])('verifies anew when the generation of the keys becomes %s', async (next) => {
    const { cached, verify, setGeneration } = harness();
    const token = goodToken();
    await cached(token);
    setGeneration(next);
    await cached(token);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it('does not remember refusals', async () => {
    const { cached, verify } = harness();
    const token = goodToken({ aud: 'other' });
    await cached(token);
    await cached(token);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it('forgets the least recently used token when it is full', async () => {
    const { cached, verify } = harness(2);
    const [a, b, c] = ['a', 'b', 'c'].map((sub) => goodToken({ sub })) as [string, string, string];
    await cached(a);
    await cached(b);
    await cached(a);
    await cached(c);
    verify.mockClear();
    await cached(a);
    await cached(b);
    expect(verify.mock.calls).toEqual([[b]]);
  });

  it('lets the next request try again after a verification that threw', async () => {
    const verify = jest
      .fn<(token: string) => Promise<Verification>>()
      .mockRejectedValueOnce(new Error('broken'))
      .mockResolvedValueOnce({ kind: 'unverifiable', cause: 'away' });
    const cached = createCachedVerifier({ verify });
    await expect(cached('t')).rejects.toThrow('broken');
    expect(await cached('t')).toMatchObject({ kind: 'unverifiable' });
  });
});
