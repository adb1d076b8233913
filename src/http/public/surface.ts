import type { Reading } from '../../gate/gate.js';
import { prefersHtml, type Surface } from '../answers/negotiate.js';
import type { PublicService } from './service.js';

/** How a denial of this request is worded: for a person, for a client of Airflow 2's REST API, or for any program. */
export function surfaceOf(
  method: string,
  accept: string | undefined,
  { parsed, placement }: Reading<PublicService>,
): Surface {
  if (prefersHtml(method, accept)) return 'html';
  if (parsed.kind === 'ambiguous' || placement.kind !== 'service') return 'json';
  const [first, second] = parsed.target.segments.slice(placement.prefixLength);
  return first?.parts[0] === 'api' && second?.parts[0] === 'v1' ? 'airflow-v1' : 'json';
}
