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
      /** As far as they were counted. */
      readonly headers: RawHeaders;
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
  const headers: [string, string][] = [];
  const counts = new Map<string, number>();
  const count = Math.min(rawHeaders.length / 2, maxFields);
  let doubled: string | undefined;
  for (let i = 0; i < count; i++) {
    const name = rawHeaders[2 * i] ?? '';
    headers.push([name, rawHeaders[2 * i + 1] ?? '']);
    const key = name.toLowerCase();
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    if (before > 0 && SINGLETONS.has(key)) doubled ??= key;
  }
  if (rawHeaders.length / 2 > maxFields) {
    return {
      kind: 'refused',
      headers,
      reason: 'headers-too-large',
      detail: `more than ${maxFields} header fields`,
    };
  }
  return doubled === undefined
    ? { kind: 'read', headers, counts }
    : { kind: 'refused', headers, reason: 'ambiguous-request', detail: `two \`${doubled}\` header fields` };
}
