import { describe, expect, it, jest } from '@jest/globals';
import { joinRevocations } from '../../src/session/joined-revocations.js';
import { createMemoryRevocations } from '../../src/session/revocations.js';

describe('joinRevocations', () => {
  it('is the list of this process where none is shared', () => {
    const own = createMemoryRevocations();
    expect(joinRevocations(own, [], () => undefined)).toBe(own);
  });

  it('tells every list, and believes the latest end of any', async () => {
    const [own, shared] = [createMemoryRevocations(), createMemoryRevocations()];
    const joined = joinRevocations(own, [shared], () => undefined);
    await joined.end('here', 100, 9_000_000_000);
    expect(shared.endedAt(['here'])).toBe(100);
    await shared.end('here', 200, 9_000_000_000);
    await shared.end('elsewhere', 300, 9_000_000_000);
    expect(joined.endedAt(['here'])).toBe(200);
    expect(joined.endedAt(['elsewhere'])).toBe(300);
    expect(joined.endedAt(['nobody'])).toBeUndefined();
  });

  it('ends a session here although the others cannot be told, and says so', async () => {
    const fault = new Error('away');
    const told = jest.fn();
    const away = { endedAt: () => undefined, end: async () => Promise.reject(fault) };
    const joined = joinRevocations(createMemoryRevocations(), [away], told);
    await joined.end('here', 100, 9_000_000_000);
    expect(joined.endedAt(['here'])).toBe(100);
    expect(told).toHaveBeenCalledWith(fault);
  });
});
