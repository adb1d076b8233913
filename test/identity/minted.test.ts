import { describe, expect, it, jest } from '@jest/globals';
import { createMinting, LIFE_SECONDS, type Statement } from '../../src/identity/minted.js';
import { NOW, PROGRAM, subject } from './subjects.js';

function harness(maxEntries?: number) {
  let nowSeconds = NOW;
  let count = 0;
  const mint = jest.fn(async (statement: Statement) => `${statement.sub}#${++count}`);
  const mintFor = createMinting({ mint, now: () => nowSeconds * 1000, maxEntries });
  return {
    mint,
    mintFor,
    advance(seconds: number) {
      nowSeconds += seconds;
    },
  };
}

describe('createMinting', () => {
  it('uses an assertion again for the same person and role', async () => {
    const { mint, mintFor } = harness();
    const first = await mintFor(subject());
    expect(await mintFor(subject())).toBe(first);
    expect(mint).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['person', subject({ id: 'ada' })],
    ['role', subject({}, 'Admin')],
    ['address', subject({ email: 'other@example.com' })],
    ['name', subject({ name: 'Other' })],
    ['kind of principal', subject({ kind: 'service-account' })],
  ])('never uses it for another %s', async (_name, other) => {
    const { mintFor } = harness();
    expect(await mintFor(subject())).not.toBe(await mintFor(other));
  });

  it('keeps apart what would be equal if it were only joined', async () => {
    const { mintFor } = harness();
    const a = await mintFor(subject({ id: 'a","b', email: 'c' }));
    const b = await mintFor(subject({ id: 'a', email: 'b","c' }));
    expect(a).not.toBe(b);
  });

  it('hands out no assertion with less than half of its life', async () => {
    const { mint, mintFor, advance } = harness();
    await mintFor(subject());
    advance(LIFE_SECONDS / 2);
    await mintFor(subject());
    expect(mint).toHaveBeenCalledTimes(1);
    advance(1);
    await mintFor(subject());
    expect(mint.mock.calls.map(([statement]) => statement.issuedAt)).toEqual([
      NOW,
      NOW + LIFE_SECONDS / 2 + 1,
    ]);
  });

  it('mints anew when the clock jumped back', async () => {
    const { mint, mintFor, advance } = harness();
    await mintFor(subject());
    advance(-1);
    await mintFor(subject());
    expect(mint).toHaveBeenCalledTimes(2);
  });

  it('makes one signature for many requests at once', async () => {
    const { mint, mintFor } = harness();
    await Promise.all(Array.from({ length: 50 }, () => mintFor(subject())));
    expect(mint).toHaveBeenCalledTimes(1);
  });

  it('forgets a signature that failed', async () => {
    const mint = jest
      .fn<(statement: Statement) => Promise<string>>()
      .mockRejectedValueOnce(new Error('no key'))
      .mockResolvedValueOnce('token');
    const mintFor = createMinting({ mint });
    await expect(mintFor(subject())).rejects.toThrow('no key');
    expect(await mintFor(subject())).toBe('token');
  });

  it('forgets the least recently used when it is full', async () => {
    const { mint, mintFor } = harness(2);
    await mintFor(subject({ id: 'a' }));
    await mintFor(subject({ id: 'b' }));
    await mintFor(subject({ id: 'a' }));
    await mintFor(subject({ id: 'c' }));
    mint.mockClear();
    await mintFor(subject({ id: 'a' }));
    await mintFor(subject({ id: 'b' }));
    expect(mint.mock.calls.map(([statement]) => statement.sub)).toEqual(['b']);
  });

  it('fills in what the principal does not tell', async () => {
    const { mint, mintFor } = harness();
    await mintFor(PROGRAM);
    expect(mint.mock.calls[0]?.[0]).toEqual({
      sub: 'service-account:ci',
      email: 'service-account%3Aci@airflow-auth-proxy.invalid',
      name: 'service-account:ci',
      role: 'User',
      issuedAt: NOW,
      expiresAt: NOW + LIFE_SECONDS,
    });
  });
});
