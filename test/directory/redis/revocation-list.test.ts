import { describe, expect, it } from '@jest/globals';
import { createKeyLayout } from '../../../src/directory/redis/keys.js';
import {
  createRevocationList,
  type RevocationSubject,
} from '../../../src/directory/redis/revocation-list.js';

const layout = createKeyLayout('p:');
const eve: RevocationSubject = { kind: 'user', subject: 'eve', jti: 't1', iat: 1000 };

describe('createRevocationList', () => {
  it.each<[string, string, unknown, Partial<RevocationSubject>, boolean]>([
    ['a token by its jti', 'p:revoked:jti:t1', '1', {}, true],
    ['another token', 'p:revoked:jti:t2', '1', {}, false],
    ['a token without jti', 'p:revoked:jti:', '1', { jti: undefined }, false],
    ['a token issued before not-before', 'p:revoked:user:eve', '1001', {}, true],
    ['a token issued at not-before', 'p:revoked:user:eve', '1000', {}, true],
    ['a token issued after not-before', 'p:revoked:user:eve', '999', {}, false],
    ['a fraction of a second', 'p:revoked:user:eve', '1000.5', {}, true],
    ['a caller without iat', 'p:revoked:user:eve', '0', { iat: undefined }, true],
    ['a program of the same name', 'p:revoked:service-account:eve', '2000', {}, false],
    ['a program', 'p:revoked:service-account:eve', '0', { kind: 'service-account', iat: undefined }, true],
    ['a not-before that is no number', 'p:revoked:user:eve', 'soon', {}, true],
    ['a not-before of another type', 'p:revoked:user:eve', new Error('WRONGTYPE'), {}, true],
    ['an empty not-before', 'p:revoked:user:eve', '', {}, true],
  ])('judges %s', (_name, key, value, subject, expected) => {
    const list = createRevocationList(layout);
    list.set(key, value);
    expect(list.has({ ...eve, ...subject })).toBe(expected);
    list.set(key, undefined);
    expect(list.has({ ...eve, ...subject })).toBe(false);
    expect(list.size).toBe(0);
  });
});
