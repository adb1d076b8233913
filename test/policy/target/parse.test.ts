import { describe, expect, it } from '@jest/globals';
import { parseTarget } from '../../../src/policy/target/parse.js';
import { serializeTarget } from '../../../src/policy/target/serialize.js';

function canonical(raw: string): string {
  const parsed = parseTarget(raw);
  return parsed.kind === 'canonical' ? serializeTarget(parsed.target) : `ambiguous: ${parsed.detail}`;
}

describe('parseTarget', () => {
  it.each([
    ['the root', '/', '/'],
    ['a path', '/api/v2/dags', '/api/v2/dags'],
    ['a final slash', '/variable/list/', '/variable/list/'],
    ['encoded letters', '/%76ariable/%6cist', '/variable/list'],
    ['lower-case hex', '/a%c3%a9', '/a%C3%A9'],
    ['a run id', '/runs/manual__2024-01-01T00:00:00+00:00', '/runs/manual__2024-01-01T00:00:00+00:00'],
    [
      'an encoded run id',
      '/runs/manual__2024-01-01T00%3A00%3A00%2B00%3A00',
      '/runs/manual__2024-01-01T00:00:00+00:00',
    ],
    ['a tilde', '/dags/%7E/dagRuns', '/dags/~/dagRuns'],
    ['a space', '/variables/a%20b', '/variables/a%20b'],
    ['an encoded slash', '/variables/a%2fb', '/variables/a%2Fb'],
    ['an encoded question mark and fragment', '/variables/a%3f%23', '/variables/a%3F%23'],
    ['a percent sign that starts no escape', '/variables/100%25', '/variables/100%25'],
    ['brackets and braces as browsers send them', '/a[0]|{b}^"', '/a%5B0%5D%7C%7Bb%7D%5E%22'],
    ['three dots', '/a/...', '/a/...'],
    ['a semicolon', '/a;b=1', '/a;b=1'],
    ['an empty query', '/a?', '/a?'],
    ['a query in its order', '/a?b=1+2&b=%2b&c=/?', '/a?b=1+2&b=%2B&c=/?'],
    ['query bytes outside the grammar', '/a?b=[1]\\<>', '/a?b=%5B1%5D%5C%3C%3E'],
    ['a stray percent sign in a query', '/a?like=%zz%', '/a?like=%25zz%25'],
    ['a doubly encoded query, which is data', '/a?like=%25ab', '/a?like=%25ab'],
  ])('keeps the meaning of %s', (_, raw, expected) => {
    expect(canonical(raw)).toBe(expected);
  });

  // The rows are those of public advisories and of probes against real servers: see docs/threat-model.md.
  it.each([
    ['an absolute form', 'http://evil.example/variable/list/', 'not in origin-form'],
    ['an asterisk', '*', 'not in origin-form'],
    ['an authority', 'host:443', 'not in origin-form'],
    ['nothing', '', 'not in origin-form'],
    ['a leading double slash', '//variable/list/', 'empty segment'],
    ['only slashes', '//', 'empty segment'],
    ['an inner double slash', '/variable//list/', 'empty segment'],
    ['a final double slash', '/variable/list//', 'empty segment'],
    ['dot-dot', '/health/../variable/list/', 'dot segment'],
    ['a dot', '/./variable', 'dot segment'],
    ['a final dot-dot', '/variable/..', 'dot segment'],
    ['encoded dots', '/x/%2e%2E/variable', 'dot segment'],
    ['a half-encoded dot-dot', '/x/.%2e/variable', 'dot segment'],
    ['dots before a matrix parameter', '/x/..;a=1/variable', 'dot segment'],
    ['dots before an encoded matrix parameter', '/x/..%3Ba/variable', 'dot segment'],
    ['dots behind an encoded slash', '/variables/a%2F..%2Fb', 'dot segment'],
    ['a raw backslash', '/variable\\list', 'backslash'],
    ['an encoded backslash', '/variable%5clist', 'backslash'],
    ['double encoding', '/variable%252flist', 'double percent-encoding'],
    ['double encoding of a letter', '/%2576ariable', 'double percent-encoding'],
    ['double encoding spelt in three escapes', '/%25%37%36ariable', 'double percent-encoding'],
    ['a final newline', '/api/v2/variables%0a', 'control character'],
    ['a carriage return', '/variables%0D', 'control character'],
    ['a tab', '/variables%09', 'control character'],
    ['a NUL', '/health%00', 'control character'],
    ['DEL', '/health%7f', 'control character'],
    ['next line (C1)', '/variables%c2%85', 'control character'],
    ['line separator', '/variables%e2%80%a8', 'control character'],
    ['byte order mark', '/%ef%bb%bfvariables', 'control character'],
    ['an overlong slash', '/variable%c0%aflist', 'bytes that are not UTF-8'],
    ['a lone surrogate', '/%ed%a0%80', 'bytes that are not UTF-8'],
    ['a truncated sequence', '/%e2%82', 'bytes that are not UTF-8'],
    ['a byte above UTF-8', '/%ff', 'bytes that are not UTF-8'],
    ['a lone percent sign', '/%', 'malformed percent-encoding'],
    ['one hex digit', '/a%2', 'malformed percent-encoding'],
    ['a wide escape', '/%u002f', 'malformed percent-encoding'],
    ['a raw tab', '/vari\table', 'character outside the grammar'],
    ['a raw space', '/a b', 'character outside the grammar'],
    ['a raw high byte', '/caf\u00e9', 'character outside the grammar'],
    ['an angle bracket', '/<script>', 'character outside the grammar'],
    ['a fragment', '/variable/list/#x', 'character outside the grammar'],
    ['a fragment in the query', '/x?y#z', 'character outside the grammar in the query'],
    ['a raw control in the query', '/x?y\r', 'character outside the grammar in the query'],
  ])('refuses %s', (_, raw, detail) => {
    expect(canonical(raw)).toBe(`ambiguous: ${detail}`);
  });
});
