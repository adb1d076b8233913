/**
 * The characters of a request target (RFC 3986 2.2, 2.3, 3.3, 3.4), as tables over ASCII.
 * What is not listed is refused in a path and encoded in a query.
 */
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';
const SUB_DELIMS = "!$&'()*+,;=";

/** Stay as they are in a segment; everything else is written as upper-case `%XX`. */
export const SEGMENT_LITERAL = tableOf(`${UNRESERVED}${SUB_DELIMS}:@`);
/** RFC 3986 leaves these out, browsers send them raw in a path (WHATWG URL, path percent-encode set). */
export const SEGMENT_TOLERATED = tableOf('[]|^{}"');
/** Stay as they are in a query. */
export const QUERY_LITERAL = tableOf(`${UNRESERVED}${SUB_DELIMS}:@/?`);

const HEX = '0123456789ABCDEF';

export function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

export function percentEncode(byte: number): string {
  return `%${HEX[byte >> 4]}${HEX[byte & 15]}`;
}

function tableOf(characters: string): readonly boolean[] {
  const table = new Array<boolean>(128).fill(false);
  for (const character of characters) table[character.charCodeAt(0)] = true;
  return table;
}
