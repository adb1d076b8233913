import type { RawHeaders } from '../../gate/headers.js';

/** What the ingress controller says the client asked for. */
export interface Original {
  readonly method: string;
  /** Authority in lower case. */
  readonly host: string;
  /** Request target as the client sent it; parsed by the gate, like any other. */
  readonly target: string;
}

export type OriginalResult =
  | { readonly kind: 'original'; readonly original: Original }
  | { readonly kind: 'refused'; readonly detail: string };

/** How one kind of controller asks. One fixed path each; the dialect is never guessed from headers. */
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
    return original(method, host, rest);
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
    return host === undefined ? refused('`Host` is missing or doubled') : original(method, host, uri ?? '');
  }
  const parts = /^https?:\/\/([^/?#\\@\s]+)(\/.*)$/i.exec(url);
  if (parts?.[1] === undefined || parts[2] === undefined)
    return refused('`X-Original-URL` is not an absolute http(s) URL');
  if (uri !== undefined && uri !== parts[2]) return refused('`X-Original-URL` and `X-Original-URI` differ');
  return original(method, parts[1], parts[2]);
}

function readForwardedHeaders({ headers }: { readonly headers: RawHeaders }): OriginalResult {
  const method = single(headers, 'x-forwarded-method');
  const proto = single(headers, 'x-forwarded-proto');
  const host = single(headers, 'x-forwarded-host');
  const uri = single(headers, 'x-forwarded-uri');
  if (method === undefined) return refused('`X-Forwarded-Method` is missing or doubled');
  if (proto !== 'http' && proto !== 'https')
    return refused('`X-Forwarded-Proto` is missing, doubled or neither http nor https');
  if (host === undefined) return refused('`X-Forwarded-Host` is missing or doubled');
  if (uri === undefined) return refused('`X-Forwarded-Uri` is missing or doubled');
  return original(method, host, uri);
}

function original(method: string, host: string, target: string): OriginalResult {
  if (!/^[A-Z]{1,16}$/.test(method)) return refused('the original method is not a method');
  if (!/^[A-Za-z0-9.:[\]-]{1,255}$/.test(host)) return refused('the original host is not a host');
  return { kind: 'original', original: { method, host: host.toLowerCase(), target } };
}

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
