import { toUpstreamHeaders } from '../../src/forward/headers.js';
import { COMPILED, jobOf, pairsOf } from '../forward/fixtures.js';

/** What goes upstream of a caller's header lines, beside what we set; names in lower case. */
export function upstreamHeaders(raw: readonly string[]): [name: string, value: string][] {
  const job = jobOf({ requestHeaders: [['x-request-id', 'r-1']] });
  return pairsOf(toUpstreamHeaders(raw, job, COMPILED));
}
