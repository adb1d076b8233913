import type { CompiledPlace } from './place.js';

const ABSOLUTE = /^https?:\/\/[^/?#\\@]+(?=[/?#]|$)/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * `Location` or `Content-Location` of an upstream, as the caller may see it:
 * - absolute, on a public authority of ours or the upstream's: our origin, path kept (Airflow 3 answers `{prefix}`
 *   with `http://<Host>/…` whatever the outer scheme);
 * - absolute elsewhere over http(s): as it came (external log and documentation links);
 * - relative, and a browser stays here: as it came;
 * - everything else, such as `//other`, `/\other`, `https:other`, `javascript:`: the service's own root. That is an open
 *   redirect of the upstream, and a Location that two browsers read differently.
 */
export function rewriteLocation(value: string, place: CompiledPlace, host: string, target: string): string {
  const origin = publicOriginFor(place, host);
  const safe = `${place.base}/`;
  if (/[^\x21-\xff]/.test(value)) return safe;
  const absolute = ABSOLUTE.exec(value)?.[0];
  if (absolute !== undefined && !value.includes('\\')) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined) return safe;
    if (!place.authorities.has(url.host) && url.host !== host.toLowerCase()) return value;
    const rest = value.slice(absolute.length);
    return origin + (rest.startsWith('/') ? rest : `/${rest}`);
  }
  if (SCHEME.test(value) || value.includes('\\')) return safe;
  const base = origin + target;
  const resolved = URL.canParse(value, base) ? new URL(value, base) : undefined;
  if (resolved !== undefined && resolved.origin === origin && !value.startsWith('//')) return value;
  // `//host/…` on one of our own authorities is the one network-path reference that has a meaning here.
  const named = resolved !== undefined && place.authorities.has(resolved.host);
  return named ? origin + resolved.pathname + resolved.search + resolved.hash : safe;
}

/** The public origin the caller is on, else the canonical one. */
export function publicOriginFor(place: CompiledPlace, host: string): string {
  const wanted = host.toLowerCase();
  const same = place.publicOrigins.find((origin) => new URL(origin).host === wanted);
  return same ?? place.publicOrigins[0] ?? '';
}
