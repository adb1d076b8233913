import type { IncomingMessage } from 'node:http';
import type { CanonicalTarget } from '../../policy/target/parse.js';
import { prefersHtml } from '../answers/negotiate.js';

/** Whom an answer of ours is for: a person, Airflow 2's API clients (RFC 7807), or any other program. */
export type Surface = 'html' | 'airflow-v1' | 'json';

export function surfaceOf(
  req: IncomingMessage,
  target: CanonicalTarget | undefined,
  prefixLength: number,
): Surface {
  if (prefersHtml(req.method ?? '', req.headers.accept)) return 'html';
  const [first, second] = target?.segments.slice(prefixLength) ?? [];
  return first?.parts[0] === 'api' && second?.parts[0] === 'v1' ? 'airflow-v1' : 'json';
}
