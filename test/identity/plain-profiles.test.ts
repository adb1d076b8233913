import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAssertion, PROFILES } from '../../src/identity/assertion-table.js';
import { createBasicAssertion } from '../../src/identity/basic.js';
import { createNoneAssertion } from '../../src/identity/none.js';
import { createRemoteUserHeaderAssertion } from '../../src/identity/remote-user-header.js';
import { PROGRAM, subject } from './subjects.js';

describe('none', () => {
  it('sets no header', async () => {
    expect(await createNoneAssertion().assert(subject())).toEqual([]);
  });
});

describe('basic', () => {
  it('is the example of RFC 7617 2 and, in UTF-8, of 2.1', async () => {
    const ascii = createBasicAssertion({ username: 'Aladdin', password: 'open sesame' });
    expect(await ascii.assert(subject())).toEqual([['authorization', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==']]);
    const utf8 = createBasicAssertion({ username: 'test', password: '123£' });
    expect(await utf8.assert(subject())).toEqual([['authorization', 'Basic dGVzdDoxMjPCow==']]);
  });

  it.each([
    ['no user name', '', 'p'],
    ['a colon in the user name', 'a:b', 'p'],
    ['a line break in the user name', 'a\n', 'p'],
    ['no password', 'a', ''],
    ['a line break in the password', 'a', 'p\n'],
  ])('does not accept %s', (_name, username, password) => {
    expect(() => createBasicAssertion({ username, password })).toThrow(/identity profile `basic` needs/);
  });
});

describe('remote-user-header', () => {
  const assertion = createRemoteUserHeaderAssertion({ header: 'X-Platform-User' });

  it('tells the subject under the name in lower case', async () => {
    expect(await assertion.assert(subject())).toEqual([['x-platform-user', 'eve']]);
    expect(await assertion.assert(PROGRAM)).toEqual([['x-platform-user', 'service-account:ci']]);
    expect(await assertion.assert(subject({ id: 'Eve Example' }))).toEqual([
      ['x-platform-user', 'Eve Example'],
    ]);
  });

  it.each(['', 'a,b', 'é', 'a\r\nx-role: ADMIN', 'a\u0000', 'a\tb', ' a', 'a ', '😀'])(
    'refuses the name `%s` rather than rewriting it',
    async (id) => {
      await expect(assertion.assert(subject({ id }))).rejects.toMatchObject({ code: 'identity' });
    },
  );

  it('sends every name it sends byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (id) => {
        const headers = await assertion.assert(subject({ id })).catch(() => undefined);
        if (headers !== undefined) expect(headers).toEqual([['x-platform-user', id]]);
        expect(headers !== undefined).toBe(
          /^[\x20-\x7e]+$/.test(id) && !id.includes(',') && id.trim() === id,
        );
      }),
    );
  });

  it.each([
    '',
    'x_user',
    'authorization',
    'Host',
    'cookie',
    'x-forwarded-user',
    'proxy-user',
    'sec-user',
    'x user',
    'x:',
    '-x',
  ])('does not accept the header name `%s`', (header) => {
    expect(() => createRemoteUserHeaderAssertion({ header })).toThrow(/cannot be used/);
  });
});

describe('createAssertion', () => {
  it('knows every profile of the configuration', () => {
    expect([...PROFILES].sort()).toEqual([
      'airflow2',
      'airflow3-hs512',
      'airflow3-jwks',
      'astro-sm',
      'basic',
      'none',
      'remote-user-header',
    ]);
  });

  it('makes the profile it is asked for', async () => {
    expect(createAssertion({ profile: 'none' }).profile).toBe('none');
    expect(createAssertion({ profile: 'basic', username: 'a', password: 'b' }).profile).toBe('basic');
    expect(createAssertion({ profile: 'remote-user-header', header: 'x-user' }).profile).toBe(
      'remote-user-header',
    );
    const secret = 'x'.repeat(64);
    expect(createAssertion({ profile: 'airflow3-hs512', secret, audience: 'a' }).profile).toBe(
      'airflow3-hs512',
    );
  });
});
