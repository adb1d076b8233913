import { isHexDigit, percentEncode, SEGMENT_LITERAL, SEGMENT_TOLERATED } from './grammar.js';

/** Why one segment could be read differently by two servers. */
export type SegmentFault =
  | 'character outside the grammar'
  | 'malformed percent-encoding'
  | 'double percent-encoding'
  | 'control character'
  | 'backslash'
  | 'bytes that are not UTF-8'
  | 'dot segment';

export type DecodedSegment =
  | {
      readonly kind: 'decoded' /** Split at each decoded `%2F`; one part where there is none. */;
      readonly parts: readonly string[];
    }
  | { readonly kind: 'ambiguous'; readonly fault: SegmentFault };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** C0 and DEL end or hide a path in some server; C1, line separators and the byte order mark are no better. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;
/** What a server that decodes twice would decode again. */
const STILL_ENCODED = /%[0-9A-Fa-f]{2}/;

/** Percent-decodes one raw segment (without `/`) once. Every refusal is one two upstream stacks disagree on. */
export function decodeSegment(raw: string): DecodedSegment {
  let text = raw;
  if (!isPlain(raw)) {
    const bytes = decodeBytes(raw);
    if (typeof bytes === 'string') return { kind: 'ambiguous', fault: bytes };
    try {
      text = utf8.decode(bytes);
    } catch {
      return { kind: 'ambiguous', fault: 'bytes that are not UTF-8' };
    }
    if (CONTROL.test(text)) return { kind: 'ambiguous', fault: 'control character' };
    if (text.includes('\\')) return { kind: 'ambiguous', fault: 'backslash' };
    if (STILL_ENCODED.test(text)) return { kind: 'ambiguous', fault: 'double percent-encoding' };
  }
  const parts = text.split('/');
  if (parts.some(isDotSegment)) return { kind: 'ambiguous', fault: 'dot segment' };
  return { kind: 'decoded', parts };
}

/** The one spelling of a decoded segment. */
export function encodeSegment(parts: readonly string[]): string {
  return parts.map(encodePart).join('%2F');
}

function encodePart(text: string): string {
  if (isPlain(text)) return text;
  let out = '';
  for (const byte of encoder.encode(text)) {
    out += byte < 128 && SEGMENT_LITERAL[byte] ? String.fromCharCode(byte) : percentEncode(byte);
  }
  return out;
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 128 || !SEGMENT_LITERAL[code]) return false;
  }
  return true;
}

function decodeBytes(raw: string): Uint8Array | SegmentFault {
  const bytes = new Uint8Array(raw.length);
  let length = 0;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code === 0x25) {
      const [high, low] = [raw.charCodeAt(i + 1), raw.charCodeAt(i + 2)];
      if (!isHexDigit(high) || !isHexDigit(low)) return 'malformed percent-encoding';
      bytes[length++] = Number.parseInt(raw.slice(i + 1, i + 3), 16);
      i += 2;
    } else if (code < 128 && (SEGMENT_LITERAL[code] || SEGMENT_TOLERATED[code])) {
      bytes[length++] = code;
    } else {
      return code === 0x5c ? 'backslash' : 'character outside the grammar';
    }
  }
  return bytes.subarray(0, length);
}

/** `.` and `..`, also with matrix parameters behind them, which some servers drop first (`..;x`). */
function isDotSegment(part: string): boolean {
  const semicolon = part.indexOf(';');
  const name = semicolon === -1 ? part : part.slice(0, semicolon);
  return name === '.' || name === '..';
}
