import { describe, expect, it } from '@jest/globals';
import { createMemoryRevocations, revocationNames } from '../../src/session/revocations.js';

describe('createMemoryRevocations', () => {
  it('knows what was ended, and when at the latest', async () => {
    const list = createMemoryRevocations();
    await list.end('a', 100, 200);
    await list.end('a', 50, 200);
    expect(list.endedAt(['b', 'a'])).toBe(100);
    expect(list.endedAt(['b'])).toBeUndefined();
  });

  it('makes room by what nobody asks for any more', async () => {
    const list = createMemoryRevocations({ maxEntries: 2, now: () => 1_000_000 });
    await list.end('old', 1, 999);
    await list.end('kept', 2, 2000);
    await list.end('new', 3, 2000);
    expect(list.endedAt(['old'])).toBeUndefined();
    expect(list.endedAt(['kept'])).toBe(2);
  });

  it('lets nobody in again where it has to forget: all as old are out', async () => {
    const list = createMemoryRevocations({ maxEntries: 2, now: () => 0 });
    await list.end('a', 100, 9000);
    await list.end('b', 200, 9000);
    await list.end('c', 300, 9000);
    expect(list.endedAt(['a'])).toBe(100);
    expect(list.endedAt(['anybody'])).toBe(100);
    expect(list.endedAt(['b'])).toBe(200);
  });
});

describe('revocationNames', () => {
  it('keeps issuers, people and sessions apart, whatever they are called', () => {
    const one = revocationNames({ id: 'x', issuer: 'https://a', subject: 'b', providerSession: 'b' });
    const other = revocationNames({
      id: 'b',
      issuer: 'https://a","b',
      subject: 'x',
      providerSession: undefined,
    });
    expect(one).toHaveLength(3);
    expect(other).toHaveLength(2);
    expect(one.filter((name) => other.includes(name))).toEqual([]);
  });
});
