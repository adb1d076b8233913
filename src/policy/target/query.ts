import { isHexDigit, percentEncode, QUERY_LITERAL } from './grammar.js';

/** One `key=value` of a query as the upstream's form decoder reads it (`+` is a space). */
export interface QueryPair {
  readonly key: string;
  readonly value: string;
}

/**
 * The query with every byte outside the grammar encoded; order, `+` and valid escapes stay.
 * Returns undefined for a query that holds a character no browser and no client sends raw (`#`, controls, non-ASCII).
 */
export function canonicalQuery(raw: string): string | undefined {
  let out = '';
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || code === 0x23) return undefined;
    if (code === 0x25) {
      const valid = isHexDigit(raw.charCodeAt(i + 1)) && isHexDigit(raw.charCodeAt(i + 2));
      out += valid ? raw.slice(i, i + 3).toUpperCase() : '%25';
      if (valid) i += 2;
    } else {
      out += QUERY_LITERAL[code] ? raw[i] : percentEncode(code);
    }
  }
  return out;
}

/** Keys and values of a canonical query, in order. Bytes that are not UTF-8 become U+FFFD, as in Python's parser. */
export function queryPairs(canonical: string | undefined): QueryPair[] {
  if (canonical === undefined || canonical === '') return [];
  return canonical
    .split('&')
    .filter((field) => field !== '')
    .map((field) => {
      const equals = field.indexOf('=');
      return equals === -1
        ? { key: formDecode(field), value: '' }
        : { key: formDecode(field.slice(0, equals)), value: formDecode(field.slice(equals + 1)) };
    });
}

function formDecode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const bytes = Buffer.from(
    text
      .replaceAll('+', ' ')
      .replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return bytes.toString('utf8');
}
