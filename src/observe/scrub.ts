/** Longest text a log line holds in one field, in characters. */
const MAX_CHARACTERS = 1024;

const MASKS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A compact JWS or JWE, whole or cut short.
  [/eyJ[\w-]*\.[\w-]+(?:\.[\w-]*){0,3}/g, '[token]'],
  // RFC 9110 11.4: credentials are a scheme and whatever follows it.
  [/\b(bearer|basic|digest)\s+[^\s,;"'`]+/gi, '$1 [credential]'],
  // RFC 3986 3.2.1: credentials before the host, as redis and database URLs carry them.
  [/\/\/[^/\s@"'`]*@/g, '//[credential]@'],
  [
    /\b(cookie|authorization|password|passwd|secret|token|session)(["'`]?\s*[:=]\s*["'`]?)[^\s,;"'`]+/gi,
    '$1$2[hidden]',
  ],
  // RFC 3986 3.4: a query, wherever it stands; also what a fragment hides.
  [/[?#][^\s"'`)\]}]*[=&][^\s"'`)\]}]*/g, '?[query]'],
];

/**
 * Text that may be logged: without tokens, credentials, cookies and query strings, and of bounded length.
 * A net below the closed list of fields, for text of other people's errors; it does not make unsafe text safe to build.
 */
export function scrub(text: string): string {
  // Cut first, so that hostile length never reaches the expressions.
  let safe = text.slice(0, MAX_CHARACTERS);
  for (const [pattern, replacement] of MASKS) safe = safe.replace(pattern, replacement);
  return text.length > MAX_CHARACTERS ? `${safe}[cut, ${text.length} characters]` : safe;
}
