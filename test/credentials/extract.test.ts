import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extractCredential } from '../../src/credentials/extract.js';

const JWT = 'aaa.bbb.ccc';
const COOKIE = 'platform_token';

function extract(...headers: [string, string][]) {
  return extractCredential(headers, COOKIE);
}

describe('extractCredential', () => {
  it.each<[string, [string, string][], object]>([
    ['nothing', [['Accept', '*/*']], { kind: 'none' }],
    ['a bearer token', [['Authorization', `Bearer ${JWT}`]], { kind: 'bearer', token: JWT }],
    ['a scheme in lower case', [['authorization', `bearer ${JWT}`]], { kind: 'bearer', token: JWT }],
    ['a scheme in upper case', [['AUTHORIZATION', `BEARER ${JWT}`]], { kind: 'bearer', token: JWT }],
    ['a cookie among others', [['Cookie', `a=1; ${COOKIE}=${JWT}; b=2`]], { kind: 'cookie', token: JWT }],
    [
      'a cookie on the second line',
      [
        ['Cookie', 'a=1'],
        ['cookie', `${COOKIE}=${JWT}`],
      ],
      { kind: 'cookie', token: JWT },
    ],
    ['an empty cookie', [['Cookie', `${COOKIE}=`]], { kind: 'none' }],
    [
      'a key with the bearer scheme',
      [['Authorization', 'Bearer 0abc']],
      { kind: 'service-account-key', key: '0abc' },
    ],
    ['a bare key', [['Authorization', '0abc']], { kind: 'service-account-key', key: '0abc' }],
    [
      'the same token in header and cookie',
      [
        ['Authorization', `Bearer ${JWT}`],
        ['Cookie', `${COOKIE}=${JWT}`],
      ],
      { kind: 'bearer', token: JWT },
    ],
    [
      'a bearer token beside an empty cookie',
      [
        ['Authorization', `Bearer ${JWT}`],
        ['Cookie', `${COOKIE}=`],
      ],
      { kind: 'bearer', token: JWT },
    ],
  ])('finds %s', (_name, headers, expected) => {
    expect(extract(...headers)).toEqual(expected);
  });

  it.each<[string, [string, string][]]>([
    [
      'two authorization headers that differ',
      [
        ['Authorization', `Bearer ${JWT}`],
        ['authorization', 'Bearer x.y.z'],
      ],
    ],
    [
      'two equal authorization headers',
      [
        ['Authorization', `Bearer ${JWT}`],
        ['Authorization', `Bearer ${JWT}`],
      ],
    ],
    ['the cookie twice in one line', [['Cookie', `${COOKIE}=${JWT}; ${COOKIE}=x.y.z`]]],
    [
      'the cookie in two lines',
      [
        ['Cookie', `${COOKIE}=${JWT}`],
        ['Cookie', `${COOKIE}=${JWT}`],
      ],
    ],
    ['an empty cookie beside a full one', [['Cookie', `${COOKIE}=; ${COOKIE}=${JWT}`]]],
    [
      'header and cookie that differ',
      [
        ['Authorization', 'Bearer x.y.z'],
        ['Cookie', `${COOKIE}=${JWT}`],
      ],
    ],
    [
      'a malformed header beside a good cookie',
      [
        ['Authorization', 'Bearer'],
        ['Cookie', `${COOKIE}=${JWT}`],
      ],
    ],
    [
      'another scheme beside a good cookie',
      [
        ['Authorization', 'Basic YTpi'],
        ['Cookie', `${COOKIE}=${JWT}`],
      ],
    ],
    [
      'a key beside a cookie',
      [
        ['Authorization', '0abc'],
        ['Cookie', `${COOKIE}=${JWT}`],
      ],
    ],
  ])('calls %s ambiguous', (_name, headers) => {
    expect(extract(...headers)).toMatchObject({ kind: 'ambiguous' });
  });

  it.each<[string, string, string]>([
    ['Basic', 'Basic YTpi', 'wrong-scheme'],
    ['Token', `Token ${JWT}`, 'wrong-scheme'],
    ['JWT', `JWT ${JWT}`, 'wrong-scheme'],
    ['a token without a scheme', JWT, 'wrong-scheme'],
    ['a leading space', ` Bearer ${JWT}`, 'wrong-scheme'],
    ['two spaces', `Bearer  ${JWT}`, 'malformed'],
    ['a tab', `Bearer\t${JWT}`, 'malformed'],
    ['a comma after the scheme', 'Bearer,x', 'malformed'],
    ['two tokens', 'Bearer a.b.c d', 'malformed'],
    ['two tokens with a comma', 'Bearer a.b.c,Bearer', 'malformed'],
    ['no token', 'Bearer ', 'malformed'],
    ['the scheme alone', 'Bearer', 'malformed'],
    ['an empty header', '', 'malformed'],
    ['a no-break space', `Bearer\u00a0${JWT}`, 'malformed'],
    ['8 KiB and a byte', `Bearer ${'a.'.repeat(4096)}a`, 'too-long'],
  ])('rejects an authorization header with %s', (_name, value, code) => {
    expect(extract(['Authorization', value])).toMatchObject({ kind: 'rejected', code });
  });

  it('accepts a credential of exactly 8 KiB', () => {
    expect(extract(['Authorization', `Bearer ${'a.'.repeat(4095)}aa`])).toMatchObject({ kind: 'bearer' });
  });

  it.each<[string, string, object]>([
    ['a quoted value', `${COOKIE}="${JWT}"`, { kind: 'rejected', code: 'malformed' }],
    ['an octal escape', `${COOKIE}=a\\054b`, { kind: 'rejected', code: 'malformed' }],
    ['a percent escape', `${COOKIE}=a%2eb`, { kind: 'rejected', code: 'malformed' }],
    ['a space behind the value', `${COOKIE}=${JWT} ; a=1`, { kind: 'rejected', code: 'malformed' }],
    ['8 KiB and a byte', `${COOKIE}=${'a'.repeat(8193)}`, { kind: 'rejected', code: 'too-long' }],
    ['a space before the equals sign', `${COOKIE} =${JWT}`, { kind: 'none' }],
    ['another case', `PLATFORM_TOKEN=${JWT}`, { kind: 'none' }],
    ['an encoded name', `platform%5ftoken=${JWT}`, { kind: 'none' }],
    ['a longer name', `${COOKIE}2=${JWT}`, { kind: 'none' }],
    ['no equals sign', COOKIE, { kind: 'none' }],
    ['an empty name', `=${COOKIE}=${JWT}`, { kind: 'none' }],
    ['a no-break space before the name', `a=1;\u00a0${COOKIE}=${JWT}`, { kind: 'none' }],
    ['a comma instead of a semicolon', `a=1, ${COOKIE}=${JWT}`, { kind: 'none' }],
    ['a $Version prefix', `$Version=1; ${COOKIE}=${JWT}`, { kind: 'cookie', token: JWT }],
    ['no space behind the semicolon', `a=1;${COOKIE}=${JWT}`, { kind: 'cookie', token: JWT }],
  ])('reads a cookie line with %s by the letter', (_name, line, expected) => {
    expect(extract(['Cookie', line])).toMatchObject(expected);
  });

  it('never chooses between two credentials, whatever they are', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 }).filter((value) => !value.includes(';'));
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(a !== b && `Bearer ${a}` !== b);
        const found = extract(['Authorization', `Bearer ${a}`], ['Cookie', `${COOKIE}=${b}`]);
        expect(['ambiguous', 'rejected']).toContain(found.kind);
      }),
    );
  });
});
