import { describe, expect, it } from '@jest/globals';
import { createKeyLayout, holderOf, isSendable } from '../../../src/directory/redis/keys.js';
import { serviceAccount, user } from '../../contracts/role-source.js';

const layout = createKeyLayout('p:');

describe('createKeyLayout', () => {
  it("asks for a person's own roles and those of each group once", () => {
    expect(layout.rolesOf(user('eve', ['a', 'b', 'a']))).toEqual([
      'p:roles:user:eve',
      'p:roles:group:a',
      'p:roles:group:b',
    ]);
  });

  it('never makes one key of two names', () => {
    const names = ['x', 'group:x', 'user:x', 'x:y', '', ':', 'service-account:x', '*'];
    const keys = names.flatMap((name) => [
      ...layout.rolesOf(user(name)),
      ...layout.rolesOf(serviceAccount(name)),
      layout.roles('group', name),
      layout.serviceAccountKey(name),
      layout.serviceAccount(name),
      layout.revokedToken(name),
      layout.revoked('user', name),
      layout.revoked('service-account', name),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('holderOf', () => {
  it.each([
    ['p:roles:user:a:b', { kind: 'user', name: 'a:b' }],
    ['p:roles:service-account:ci', { kind: 'service-account', name: 'ci' }],
    ['p:roles:group:', { kind: 'group', name: '' }],
    ['p:roles:other:x', undefined],
    ['roles:user:x', undefined],
  ])('reads `%s`', (key, expected) => {
    expect(holderOf(key, layout.prefixes.roles)).toEqual(expected);
  });
});

describe('isSendable', () => {
  it.each([
    ['eve', true],
    ['é😀', true],
    ['\ud800', false],
    ['a\udc00b', false],
  ])('judges %j', (name, expected) => {
    expect(isSendable(name)).toBe(expected);
  });
});
