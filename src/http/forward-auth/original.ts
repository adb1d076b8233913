import { isToken } from '../../forward/header-text.js';
import type { RawHeaders } from '../../gate/headers.js';

/** What the ingress controller says the client asked for. */
export interface Original {
  readonly method: string;
  /** Authority in lower case, without the scheme's usual port. */
  readonly host: string;
  /** Request target as the client sent it; parsed by the gate, like any other. */
  readonly target: string;
}

export type OriginalResult =
  | { readonly kind: 'original'; readonly original: Original }
  | { readonly kind: 'refused'; readonly detail: string };

/** How one kind of controller asks over HTTP. One fixed path each; the dialect is never guessed from headers. */
export type Dialect = 'nginx' | 'houston' | 'traefik' | 'caddy' | 'envoy';

/** `rest` is the request target behind the dialect's own path. */
type Reader = (ask: {
  readonly method: string;
  readonly headers: RawHeaders;
  readonly rest: string;
}) => OriginalResult;

/**
 * Which headers each dialect is read from; all others of the kind are ignored, whoever sent them.
 * Sources: nginx ngx_http_auth_request_module and ingress-nginx `auth-url`; Traefik ForwardAuth; Caddy `forward_auth`;
 * Envoy `ext_authz` HTTP service with `path_prefix`; Houston's `/v1/authorization`.
 */
export const DIALECTS = {
  nginx: readOriginalHeaders,
  houston: readOriginalHeaders,
  traefik: readForwardedHeaders,
  caddy: readForwardedHeaders,
  envoy: ({ method, headers, rest }) => {
    const host = single(headers, 'host');
    if (host === undefined) return refused('`Host` is missing or doubled');
    if (!rest.startsWith('/')) return refused('no original path behind `/envoy`');
    return originalOf({ method, scheme: undefined, host, target: rest });
  },
} as const satisfies Record<Dialect, Reader>;

function readOriginalHeaders({ headers }: { readonly headers: RawHeaders }): OriginalResult {
  const method = single(headers, 'x-original-method');
  if (method === undefined) return refused('`X-Original-Method` is missing or doubled');
  const [urls, uris] = [valuesOf(headers, 'x-original-url'), valuesOf(headers, 'x-original-uri')];
  if (urls.length + uris.length === 0)
    return refused('neither `X-Original-URL` nor `X-Original-URI` was sent');
  if (urls.length > 1 || uris.length > 1) return refused('`X-Original-URL` or `X-Original-URI` is doubled');
  const [url, uri] = [urls[0], uris[0]];
  if (url === undefined) {
    const host = single(headers, 'host');
    return host === undefined
      ? refused('`Host` is missing or doubled')
      : originalOf({ method, scheme: undefined, host, target: uri ?? '' });
  }
  const parts = /^(https?):\/\/([^/?#\\@\s]+)(\/.*)$/i.exec(url);
  const [, scheme, host, target] = parts ?? [];
  if (host === undefined || target === undefined)
    return refused('`X-Original-URL` is not an absolute http(s) URL');
  if (uri !== undefined && uri !== target) return refused('`X-Original-URL` and `X-Original-URI` differ');
  return originalOf({ method, scheme: scheme?.toLowerCase(), host, target });
}

function readForwardedHeaders({ headers }: { readonly headers: RawHeaders }): OriginalResult {
  const method = single(headers, 'x-forwarded-method');
  const scheme = single(headers, 'x-forwarded-proto');
  const host = single(headers, 'x-forwarded-host');
  const target = single(headers, 'x-forwarded-uri');
  if (method === undefined) return refused('`X-Forwarded-Method` is missing or doubled');
  // Traefik says ws and wss for a socket's handshake.
  if (scheme === undefined || !['http', 'https', 'ws', 'wss'].includes(scheme))
    return refused('`X-Forwarded-Proto` is missing, doubled or neither http nor https');
  if (host === undefined) return refused('`X-Forwarded-Host` is missing or doubled');
  if (target === undefined) return refused('`X-Forwarded-Uri` is missing or doubled');
  return originalOf({ method, scheme, host, target });
}

/** Checks what every dialect gives. The target is only taken over: whether it can be read is the gate's matter. */
export function originalOf({
  method,
  scheme,
  host,
  target,
}: {
  readonly method: string;
  readonly scheme: string | undefined;
  readonly host: string;
  readonly target: string;
}): OriginalResult {
  // Case and all: an upstream may upper-case `get`, and we judge no method that we do not know (threats M05).
  if (method.length > 32 || !isToken(method)) return refused('the original method is not a method');
  if (!/^[A-Za-z0-9.:[\]-]{1,255}$/.test(host)) return refused('the original host is not a host');
  const usual = scheme === undefined ? undefined : USUAL_PORT[scheme];
  const name = usual !== undefined && host.endsWith(usual) ? host.slice(0, -usual.length) : host;
  return { kind: 'original', original: { method, host: name.toLowerCase(), target } };
}

/** RFC 9110 4.2.1, 4.2.2; RFC 6455 3. */
const USUAL_PORT: Readonly<Record<string, string>> = { http: ':80', https: ':443', ws: ':80', wss: ':443' };

function single(headers: RawHeaders, name: string): string | undefined {
  const values = valuesOf(headers, name);
  const [value] = values;
  return values.length === 1 && value !== '' ? value : undefined;
}

function valuesOf(headers: RawHeaders, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

function refused(detail: string): OriginalResult {
  return { kind: 'refused', detail };
}
