import { describe, expect, it } from '@jest/globals';
import {
  isHexDigit,
  percentEncode,
  QUERY_LITERAL,
  SEGMENT_LITERAL,
  SEGMENT_TOLERATED,
} from '../../../src/policy/target/grammar.js';

const ASCII = Array.from({ length: 128 }, (_, code) => code);

function charactersOf(table: readonly boolean[]): string {
  return ASCII.filter((code) => table[code])
    .map((code) => String.fromCharCode(code))
    .join('');
}

describe('the grammar', () => {
  it('takes the hexadecimal digits and nothing beside them', () => {
    const digits = Array.from({ length: 300 }, (_, code) => code).filter(isHexDigit);
    expect(String.fromCharCode(...digits)).toBe('0123456789ABCDEFabcdef');
    expect(isHexDigit(Number.NaN)).toBe(false);
  });

  it('writes a byte as two upper-case digits', () => {
    expect([0, 10, 47, 255].map(percentEncode)).toEqual(['%00', '%0A', '%2F', '%FF']);
  });

  it('is RFC 3986’s pchar in a segment, and what browsers send beside it', () => {
    expect(charactersOf(SEGMENT_LITERAL)).toBe(
      "!$&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~",
    );
    expect(charactersOf(SEGMENT_TOLERATED)).toBe('"[]^{|}');
  });

  it('has slash and question mark beside them in a query', () => {
    expect(charactersOf(QUERY_LITERAL)).toBe(
      "!$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~",
    );
  });
});
