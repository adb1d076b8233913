import type { RawHeaders } from '../../gate/headers.js';

/** Node's flat list of header fields as pairs. */
export function headerPairs(raw: readonly string[]): RawHeaders {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? ''] as const);
}
