import { toUpstreamCookies } from './cookies.js';
import { connectionNamed, isToken } from './header-text.js';
import type { ForwardJob } from './job.js';
import type { CompiledPlace } from './place.js';

/**
 * Never copied from a caller. Compared in lower case; names with `_` are gone before, since WSGI reads `X_Remote_User`
 * as `X-Remote-User` (CVE-2025-64484).
 */
const STRIPPED: ReadonlySet<string> = new Set([
  // Hop-by-hop (RFC 9110 7.6.1) and framing, which is regenerated.
  ...[
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'trailers',
    'transfer-encoding',
    'upgrade',
    'http2-settings',
  ],
  ...['expect', 'content-length', 'host', 'cookie', 'max-forwards'],
  // Credentials and the identities other gateways hand over.
  ...[
    'authorization',
    'x-authorization',
    'x-access-token',
    'x-api-key',
    'x-user',
    'x-email',
    'x-groups',
    'x-roles',
  ],
  ...['x-username', 'x-userid', 'x-role', 'client-cert', 'client-cert-chain', 'x-client-cert', 'x-id-token'],
  // Where the request came from: made by us.
  ...[
    'forwarded',
    'x-real-ip',
    'true-client-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'cf-connecting-ip',
    'via',
  ],
  ...['fastly-client-ip', 'x-host', 'x-proto', 'x-scheme', 'x-url-scheme', 'front-end-https', 'x-prefix'],
  // Another path or method than the judged one.
  ...['x-rewrite-url', 'x-script-name', 'x-method-override', 'script-name', 'path-info', 'path-translated'],
  ...[
    'query-string',
    'request-method',
    'request-uri',
    'gateway-interface',
    'auth-type',
    'raw-uri',
    'x-accel-internal',
  ],
]);

const STRIPPED_PREFIX = new RegExp(
  `^(?:${[
    ...['proxy-', 'x-forwarded-', 'x-original-', 'x-http-method', 'x-middleware-', 'x-envoy-', 'x-accel-'],
    ...[
      'x-auth-',
      'x-webauth-',
      'x-remote-',
      'x-user-',
      'x-authenticated-',
      'x-authentik-',
      'x-pomerium-',
      'x-vouch-',
    ],
    ...[
      'x-goog-authenticated-',
      'x-goog-iap-',
      'x-amzn-oidc-',
      'x-amzn-mtls-',
      'x-ms-client-principal',
      'x-ms-token-',
    ],
    ...['cf-access-', 'x-ssl-', 'ssl-', 'x-airflow-auth-proxy-'],
    ...['remote-', 'server-', 'wsgi-', 'http-', 'uwsgi-', 'gunicorn-'],
  ].join('|')})`,
);

/** Asked for conditionally or in part, an answer cannot be transformed as a whole. */
const UNTRANSFORMABLE: ReadonlySet<string> = new Set([
  ...[
    'accept-encoding',
    'range',
    'if-range',
    'if-none-match',
    'if-modified-since',
    'if-match',
    'if-unmodified-since',
  ],
]);

/**
 * Request headers for the upstream as name, value, name, value …; built from nothing: strip, then set. What is left of
 * the caller's keeps its order and its duplicates (singletons were counted before). `Content-Length` is not among
 * them: framing follows the body. `raw` is `IncomingMessage.rawHeaders`; nothing in it is trusted.
 *
 * INVARIANT: exactly one Host, X-Forwarded-For, -Proto, -Host, and of each identity header; never X-Forwarded-Prefix
 * (Airflow 2 behind `enable_proxy_fix` would redirect double), no platform credential, no twin of any of them.
 */
export function toUpstreamHeaders(raw: readonly string[], job: ForwardJob, place: CompiledPlace): string[] {
  const named = connectionNamed(raw);
  const headers: string[] = ['host', job.host];
  const cookies: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'cookie' && !named.has('cookie')) cookies.push(value);
    if (isStripped(lower, place) || named.has(lower) || isSetByUs(lower, job)) continue;
    if (job.transform !== undefined && UNTRANSFORMABLE.has(lower)) continue;
    headers.push(name, value);
  }
  const cookie = toUpstreamCookies(cookies, place, job.cookieBindings);
  if (cookie !== undefined) headers.push('cookie', cookie);
  if (job.transform !== undefined) headers.push('accept-encoding', 'identity');
  headers.push('x-forwarded-for', job.client.ip);
  headers.push('x-forwarded-proto', job.client.proto, 'x-forwarded-host', job.client.host);
  for (const [name, value] of job.identity) headers.push(name, value);
  for (const [name, value] of job.requestHeaders ?? []) headers.push(name, value);
  return headers;
}

function isStripped(name: string, place: CompiledPlace): boolean {
  return (
    name.includes('_') ||
    STRIPPED.has(name) ||
    STRIPPED_PREFIX.test(name) ||
    place.identityHeaderNames.has(name) ||
    !isToken(name)
  );
}

function isSetByUs(name: string, job: ForwardJob): boolean {
  for (const [own] of job.identity) if (own === name) return true;
  for (const [own] of job.requestHeaders ?? []) if (own.toLowerCase() === name) return true;
  return false;
}
