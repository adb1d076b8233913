import { CONTROL_SEGMENT } from '../../policy/place.js';
import { parseTarget } from '../../policy/target/parse.js';
import { serializeTarget } from '../../policy/target/serialize.js';

/** Longest way back we carry through a sign-in. */
const MAX_RETURN_LENGTH = 4000;

/**
 * The way back after a sign-in: a canonical path on our own origin, else `/`. The value is the caller's; what returns
 * is made by our serializer, so no trick of `//`, `\`, control bytes or encodings survives. Absolute URLs are accepted
 * on one of `ownOrigins` only (Airflow 3's page sends its whole address in `next`).
 */
export function checkReturn(value: string | undefined, ownOrigins: readonly string[]): string {
  if (value === undefined || value.length > MAX_RETURN_LENGTH) return '/';
  const origin = ownOrigins.find((own) => value.startsWith(`${own}/`));
  const fragment = value.indexOf('#');
  const path = value.slice(origin?.length ?? 0, fragment === -1 ? undefined : fragment);
  const parsed = parseTarget(path);
  if (parsed.kind === 'ambiguous') return '/';
  // Our own pages are not a place to come back to: `/.auth/logout` would undo the sign-in.
  if (parsed.target.segments.some(({ parts }) => parts[0] === CONTROL_SEGMENT)) return '/';
  return serializeTarget(parsed.target);
}
