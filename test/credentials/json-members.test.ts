import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readStrictJson } from '../../src/credentials/json-members.js';

function read(text: string) {
  return readStrictJson(Buffer.from(text));
}

describe('readStrictJson', () => {
  it('reads what JSON.parse reads when no name occurs twice', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(read(text)).toEqual({ kind: 'read', value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['at the top', '{"role":"a","role":"b"}'],
    ['with white space between', '{ "role" : 1 ,\n "role" : 2 }'],
    ['spelt with an escape', '{"role":1,"\\u0072ole":2}'],
    ['in an inner object', '{"a":[{"b":1,"c":{"d":1,"d":2}}]}'],
    ['behind an inner object', '{"a":{"b":1},"a":2}'],
    ['named __proto__', '{"__proto__":1,"__proto__":2}'],
    ['with an empty name', '{"":1,"":2}'],
  ])('refuses a name that occurs twice %s', (_name, text) => {
    expect(read(text)).toEqual({ kind: 'refused', detail: 'a member name occurs twice' });
  });

  it.each([
    ['the same name in two objects', '[{"a":1},{"a":2}]'],
    ['a name that is also a value', '{"a":"a","b":"a"}'],
    ['names that differ in case', '{"Role":1,"role":2}'],
    ['structure inside strings', '{"a":"{\\"a\\":1,","b":"],}"}'],
    ['a string of backslashes', '{"a":"\\\\","b":"\\\\\\""}'],
  ])('accepts %s', (_name, text) => {
    expect(read(text)).toMatchObject({ kind: 'read' });
  });

  it.each([
    ['nesting', '['.repeat(10_000)],
    ['nesting of objects', '{"a":'.repeat(17)],
  ])('refuses deep %s', (_name, text) => {
    expect(read(text)).toEqual({ kind: 'refused', detail: 'nested too deep' });
  });

  it.each([
    ['nothing', ''],
    ['an open string', '{"a'],
    ['a trailing comma', '{"a":1,}'],
    ['NaN', '{"a":NaN}'],
    ['a second document', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['a bad escape in a name', '{"\\x":1}'],
  ])('refuses %s', (_name, text) => {
    expect(read(text)).toEqual({ kind: 'refused', detail: 'not JSON' });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(readStrictJson(Buffer.from([0x22, 0xc0, 0xaf, 0x22]))).toEqual({
      kind: 'refused',
      detail: 'not UTF-8',
    });
  });

  it('takes time in proportion to the length', () => {
    const text = `{${Array.from({ length: 40_000 }, (_, i) => `"k${i}":"\\u0041"`).join(',')}}`;
    const startedAt = performance.now();
    expect(read(text).kind).toBe('read');
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
