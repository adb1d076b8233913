import { describe, expect, it } from '@jest/globals';
import {
  createServiceAccountKeysUnion,
  type ServiceAccountAnswer,
  type ServiceAccountKeys,
} from '../../src/directory/service-account-keys.js';

const FOUND: ServiceAccountAnswer = { kind: 'found', id: 'ci' };
const NONE: ServiceAccountAnswer = { kind: 'none' };
const AWAY: ServiceAccountAnswer = { kind: 'unavailable', cause: 'away' };
const store = (answer: ServiceAccountAnswer): ServiceAccountKeys => ({ find: async () => answer });

describe('createServiceAccountKeysUnion', () => {
  it.each<[string, ServiceAccountAnswer[], ServiceAccountAnswer]>([
    ['found by one', [NONE, FOUND], FOUND],
    ['found by one while another is away', [AWAY, FOUND], FOUND],
    ['found by nobody', [NONE, NONE], NONE],
    ['found by nobody while one is away', [NONE, AWAY], AWAY],
    ['found by two: the first decides', [FOUND, { kind: 'found', id: 'other' }], FOUND],
    ['asked of no store', [], NONE],
  ])('answers for a key %s', async (_name, answers, expected) => {
    const keys = createServiceAccountKeysUnion(answers.map(store), { timeoutMs: 1000 });
    expect(await keys.find('00')).toEqual(expected);
  });

  it('calls a store that throws or never answers unavailable', async () => {
    const throwing = createServiceAccountKeysUnion([{ find: () => Promise.reject('boom') }], {
      timeoutMs: 1000,
    });
    expect(await throwing.find('00')).toEqual({ kind: 'unavailable', cause: 'boom' });
    const silent = createServiceAccountKeysUnion([{ find: () => new Promise(() => {}) }], { timeoutMs: 10 });
    expect(await silent.find('00')).toEqual({ kind: 'unavailable', cause: 'no answer within 10 ms' });
  });
});
