import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clearParts, hostCookie, readParts, setCookie, writeParts } from '../../src/session/cookies.js';
import type { RawHeaders } from '../../src/session/raw-headers.js';

const NAME = '__Host-s';

function asRequest(setCookies: readonly string[]): RawHeaders {
  return [['Cookie', setCookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')]];
}

describe('split cookies', () => {
  it('come back as they were written, whatever their length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15_200 }), (length) => {
        const value = 'aB3-_.'.repeat(length).slice(0, length);
        const written = writeParts(NAME, value, true) ?? [];
        expect(readParts(asRequest(written), NAME)).toEqual({ kind: 'one', value });
        for (const cookie of written) expect(cookie.length).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 60 },
    );
  });

  it('are not written where they would need more than four', () => {
    expect(writeParts(NAME, 'a'.repeat(15_201), true)).toBeUndefined();
  });

  it('have the flags a browser keeps them to this host and to https by', () => {
    expect(writeParts(NAME, 'v', true)).toEqual(['__Host-s=1.v; Path=/; HttpOnly; SameSite=Lax; Secure']);
    expect(writeParts('s', 'v', false)).toEqual(['s=1.v; Path=/; HttpOnly; SameSite=Lax']);
    expect(setCookie('t', 'v', { secure: true, maxAgeSeconds: 600 })).toBe(
      't=v; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure',
    );
    expect(hostCookie('s', true)).toBe('__Host-s');
    expect(hostCookie('s', false)).toBe('s');
  });

  it('are all forgotten together', () => {
    const cleared = clearParts(NAME, true);
    expect(cleared.map((cookie) => cookie.split('=', 1)[0])).toEqual([
      '__Host-s',
      '__Host-s.1',
      '__Host-s.2',
      '__Host-s.3',
    ]);
    expect(cleared.every((cookie) => cookie.includes('; Max-Age=0;'))).toBe(true);
  });

  it.each<[string, string, ReturnType<typeof readParts>]>([
    ['no cookie', 'other=1', { kind: 'none' }],
    ['an empty one', '__Host-s=', { kind: 'none' }],
    ['one of another case', '__HOST-s=1.a', { kind: 'none' }],
    ['one with a Unicode space before its name', '\u00a0__Host-s=1.a', { kind: 'none' }],
    ['what an earlier, longer session left', '__Host-s=1.a; __Host-s.1=old', { kind: 'one', value: 'a' }],
    ['two of the name', '__Host-s=1.a; __Host-s=1.b', { kind: 'broken' }],
    ['two of a part', '__Host-s=2.a; __Host-s.1=b; __Host-s.1=c', { kind: 'broken' }],
    ['a part that is missing', '__Host-s=3.a; __Host-s.1=b', { kind: 'broken' }],
    ['more parts than there are', '__Host-s=9.a', { kind: 'broken' }],
    ['no count', '__Host-s=a', { kind: 'broken' }],
    ['quotes', '__Host-s="1.a"', { kind: 'broken' }],
  ])('read %s', (_name, line, expected) => {
    expect(readParts([['cookie', line]], NAME)).toEqual(expected);
  });
});
