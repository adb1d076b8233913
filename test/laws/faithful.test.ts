import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTarget } from '../../src/policy/target/parse.js';
import { serializeTarget } from '../../src/policy/target/serialize.js';

/** Characters and escapes that parsers disagree about, more often than chance would bring them. */
const nasty = fc.constantFrom(
  ...[
    '/',
    '//',
    '.',
    '..',
    '%2e',
    '%2F',
    '%2f',
    '%5c',
    '\\',
    '%25',
    '%252f',
    '%00',
    '%0a',
    ';',
    '..;x',
    '#',
    '?',
    '&',
    '=',
    '+',
  ],
  ...[
    '%',
    '%zz',
    '%c3%a9',
    '%c0%af',
    '%ff',
    '%e2%80%a8',
    '[',
    '|',
    '{',
    '"',
    '<',
    ' ',
    '\t',
    '\r',
    '\u00e9',
    '~',
    '%7E',
    ':',
    '@',
  ],
);
const word = fc.stringMatching(/^[a-zA-Z0-9._~-]{1,6}$/);
const rawTarget = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: word },
      { weight: 3, arbitrary: nasty },
      { weight: 2, arbitrary: fc.constant('/') },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => `/${pieces.join('')}`);

describe('law: faithful', () => {
  it('what is forwarded parses back to what was judged', () => {
    fc.assert(
      fc.property(rawTarget, (raw) => {
        const first = parseTarget(raw);
        if (first.kind === 'ambiguous') return;
        const written = serializeTarget(first.target);
        expect(parseTarget(written)).toEqual(first);
        expect(written).toMatch(/^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*(\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?$/);
        expect(written.split('?')[0]).not.toMatch(/\/\/|\/\.{1,2}(\/|\?|$)|%[0-9A-F]?[a-f]/);
      }),
      { numRuns: 20_000 },
    );
  });

  it('equal meanings leave equal bytes', () => {
    const spelling = fc
      .tuple(word, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
      .map(([text, encoded]) => ({
        plain: text,
        spelt: [...text]
          .map((letter, i) => (encoded[i] ? `%${letter.charCodeAt(0).toString(16)}` : letter))
          .join(''),
      }));
    fc.assert(
      fc.property(fc.array(spelling, { minLength: 1, maxLength: 5 }), (segments) => {
        const plain = parseTarget(`/${segments.map((s) => s.plain).join('/')}`);
        const spelt = parseTarget(`/${segments.map((s) => s.spelt).join('/')}`);
        expect(spelt).toEqual(plain);
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (raw) => {
        expect(['canonical', 'ambiguous']).toContain(parseTarget(raw).kind);
      }),
      { numRuns: 5000 },
    );
  });
});
