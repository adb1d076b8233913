import { describe, expect, it, jest } from '@jest/globals';
import {
  checkServiceAccountKey,
  digestOfKey,
  type ServiceAccountKeys,
} from '../../src/credentials/service-account-key.js';

describe('digestOfKey', () => {
  it('is the SHA-256 in lower-case hex (FIPS 180-2, B.1)', () => {
    expect(digestOfKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('checkServiceAccountKey', () => {
  it('shows the store the digest and never the key', async () => {
    const find = jest.fn<ServiceAccountKeys['find']>(async () => ({ kind: 'none' }));
    expect(await checkServiceAccountKey('abc', { find })).toMatchObject({
      code: 'unknown-service-account-key',
    });
    expect(find.mock.calls).toEqual([[digestOfKey('abc')]]);
  });

  it('names the service account by its bare id', async () => {
    const result = await checkServiceAccountKey('k', { find: async () => ({ kind: 'found', id: 'ci' }) });
    expect(result).toMatchObject({
      kind: 'verified',
      principal: { kind: 'service-account', id: 'ci', groups: [] },
    });
  });
});
