import { describe, expect, it } from '@jest/globals';
import { canonicalQuery, queryPairs } from '../../../src/policy/target/query.js';

describe('canonicalQuery', () => {
  it.each([
    ['nothing', '', ''],
    ['the whole grammar', "a=b&c=-._~!$'()*+,;:@/?", "a=b&c=-._~!$'()*+,;:@/?"],
    ['escapes in upper case', '%c3%a9', '%C3%A9'],
    ['an escape without its second digit', '%4g', '%254g'],
    ['an escape without its first digit', '%g4', '%25g4'],
    ['a colon that is no digit', '%3:', '%253:'],
    ['a per cent sign at the end', 'a%', 'a%25'],
    ['what clients send raw', '"<>[\\]^`{|}', '%22%3C%3E%5B%5C%5D%5E%60%7B%7C%7D'],
    ['the first character above the space', '!', '!'],
    ['the last character below DEL', '~', '~'],
    ['a space', 'a b', undefined],
    ['a control', 'a\u001fb', undefined],
    ['DEL', 'a\u007fb', undefined],
    ['a high byte', 'a\u0080b', undefined],
    ['a fragment', 'a#b', undefined],
  ])('reads %s', (_, raw, expected) => {
    expect(canonicalQuery(raw)).toBe(expected);
  });
});

describe('queryPairs', () => {
  it.each<[string, string | undefined, readonly (readonly [string, string])[]]>([
    ['no query', undefined, []],
    ['an empty query', '', []],
    ['a pair', 'a=b', [['a', 'b']]],
    ['a key alone', 'a', [['a', '']]],
    ['a value alone', '=b', [['', 'b']]],
    ['a second equals sign', 'a=b=c', [['a', 'b=c']]],
    [
      'empty fields',
      '&a=1&&b=2&',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['plus as a space', 'a+b=c+d', [['a b', 'c d']]],
    ['escapes on both sides', '%61=%62', [['a', 'b']]],
    ['an escaped equals sign', 'a%3Db=c', [['a=b', 'c']]],
    ['an escaped plus', 'a=%2B', [['a', '+']]],
    ['bytes that are not UTF-8', 'a=%FF', [['a', '\ufffd']]],
    [
      'keys given twice',
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
  ])('reads %s', (_, canonical, expected) => {
    expect(queryPairs(canonical).map(({ key, value }) => [key, value])).toEqual(expected);
  });
});
