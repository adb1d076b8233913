import { AuthProxyError } from '../domain/errors.js';
import type { ServicePlace } from './job.js';

/** A {@link ServicePlace} made ready for the hot path. */
export interface CompiledPlace {
  readonly publicOrigins: readonly string[];
  /** `host[:port]` of every public origin and of the upstream: all of them mean "here" in a Location. */
  readonly authorities: ReadonlySet<string>;
  /** Without a final slash; `''` for a service that owns its host. */
  readonly base: string;
  /** Path attribute for cookies. */
  readonly cookiePath: string;
  /** Cookies that pass in neither direction. */
  readonly droppedCookies: ReadonlySet<string>;
  readonly identityHeaderNames: ReadonlySet<string>;
}

/** Airflow 3's own session: it beats our Bearer on 3.1.7-3.3.1 (CVE-2026-82355). */
const AIRFLOW3_TOKEN_COOKIE = '_token';

/** Throws {@link AuthProxyError} `upstream` when an origin or the path has the wrong shape. */
export function compilePlace(place: ServicePlace, upstreamOrigin: string): CompiledPlace {
  const publicOrigins = place.publicOrigins.map((origin) => originOf(origin, 'public origin'));
  if (publicOrigins.length === 0) {
    throw new AuthProxyError('upstream', 'a service has no public origin; name one under server.publicUrl');
  }
  if (!/^\/[!-~]*$/.test(place.path) || /[;?#]/.test(place.path)) {
    throw new AuthProxyError(
      'upstream',
      `service path \`${place.path}\` must start with / and hold no ; ? #`,
    );
  }
  const base = place.path.replace(/\/+$/, '');
  return {
    publicOrigins,
    authorities: new Set(
      [...publicOrigins, originOf(upstreamOrigin, 'upstream')].map((o) => new URL(o).host),
    ),
    base,
    cookiePath: base === '' ? '/' : base,
    droppedCookies: new Set([AIRFLOW3_TOKEN_COOKIE, ...place.protectedCookies, ...(place.dropCookies ?? [])]),
    identityHeaderNames: new Set(place.identityHeaderNames.map((name) => name.toLowerCase())),
  };
}

/** Scheme and authority of an absolute http(s) URL that has nothing else. */
export function originOf(text: string, what: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '';
  if (
    url === undefined ||
    !bare ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new AuthProxyError(
      'upstream',
      `${what} \`${text}\` must be http(s)://host[:port] and nothing more`,
    );
  }
  return url.origin;
}
