import type { RawHeaders } from '../../gate/headers.js';

export type Fields =
  | {
      readonly kind: 'read';
      readonly headers: RawHeaders;
      /** How often each name came, in lower case. */
      readonly counts: ReadonlyMap<string, number>;
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'headers-too-large' | 'ambiguous-request';
      readonly detail: string;
    };

/** Two servers in a row may each take another one of two, or join them. */
const SINGLETONS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'cookie',
  'origin',
  'referer',
  'sec-fetch-site',
  'upgrade',
  'expect',
]);

/** The fields of a message as node has them (name, value, name, value …), unless one came twice that may come once. */
export function readFields(rawHeaders: readonly string[], maxFields: number): Fields {
  if (rawHeaders.length / 2 > maxFields) {
    return { kind: 'refused', reason: 'headers-too-large', detail: `more than ${maxFields} header fields` };
  }
  const headers: [string, string][] = [];
  const counts = new Map<string, number>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''];
    headers.push([name, value]);
    const key = name.toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const name of SINGLETONS) {
    if ((counts.get(name) ?? 0) > 1) {
      return { kind: 'refused', reason: 'ambiguous-request', detail: `two \`${name}\` header fields` };
    }
  }
  return { kind: 'read', headers, counts };
}
