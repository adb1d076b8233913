import { isToken } from './header-text.js';
import type { CookieBinding } from './job.js';
import type { CompiledPlace } from './place.js';

/**
 * The `Cookie` value for the upstream, or undefined when nothing is left. Parsed strictly by RFC 6265 4.2.1: split at
 * `;` alone, no unquoting, exact names. A pair without a name, or with bytes in it that some server trims (U+00A0
 * before `_token`, say), is dropped: what two parsers could read differently does not pass (threats C02, C03).
 */
export function toUpstreamCookies(
  values: readonly string[],
  place: CompiledPlace,
  bindings: readonly CookieBinding[] = [],
): string | undefined {
  const kept: string[] = [];
  for (const value of values) {
    for (const part of value.split(';')) {
      const pair = splitPair(part);
      if (pair === undefined || place.droppedCookies.has(pair.name)) continue;
      const name = upstreamName(pair.name, bindings);
      if (name !== undefined && !place.droppedCookies.has(name)) kept.push(`${name}=${pair.value}`);
    }
  }
  return kept.length === 0 ? undefined : kept.join('; ');
}

/**
 * One `Set-Cookie` value for the caller, or undefined to drop it. `Domain` goes, `Path` is confined to the service:
 * Airflow 2's `session` and Flower's `_xsrf` come with `Path=/` whatever the prefix, and would be shared by all
 * Deployments of one host (threats C08, C09).
 */
export function toClientSetCookie(
  value: string,
  place: CompiledPlace,
  bindings: readonly CookieBinding[] = [],
): string | undefined {
  const [first = '', ...attributes] = value.split(';');
  // A cookie without a name is sent back as its bare value, `_token=x` for instance, so it is dropped as well.
  const pair = splitPair(first);
  if (pair === undefined || place.droppedCookies.has(pair.name)) return undefined;
  let path = place.cookiePath;
  const kept: string[] = [];
  for (const attribute of attributes) {
    const text = attribute.trim();
    const equals = text.indexOf('=');
    const name = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
    if (name === 'path') {
      // RFC 6265 5.3: the last Path counts.
      path = confined(equals < 0 ? '' : text.slice(equals + 1).trim(), place);
    } else if (name !== 'domain' && text !== '') {
      kept.push(text);
    }
  }
  const name = bindings.find((binding) => binding.upstream === pair.name)?.client ?? pair.name;
  return [`${name}=${pair.value}`, ...kept, `Path=${path}`].join('; ');
}

function confined(path: string, place: CompiledPlace): string {
  return path.startsWith(`${place.base}/`) ? path : place.cookiePath;
}

/** Undefined: not to be sent. */
function upstreamName(name: string, bindings: readonly CookieBinding[]): string | undefined {
  for (const { upstream, client } of bindings) {
    if (name === client) return upstream;
    if (name === upstream || name.startsWith(`${upstream}.`)) return undefined;
  }
  return name;
}

function splitPair(part: string): { name: string; value: string } | undefined {
  const equals = part.indexOf('=');
  if (equals < 0) return undefined;
  const name = part.slice(0, equals).replace(/^[ \t]+|[ \t]+$/g, '');
  return isToken(name) ? { name, value: part.slice(equals + 1).replace(/^[ \t]+|[ \t]+$/g, '') } : undefined;
}
