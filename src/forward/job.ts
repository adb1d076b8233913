import type { IdentityHeaders } from '../domain/assertion.js';
import type { DenyReason } from '../domain/denial.js';
import type { Method } from '../domain/route.js';
import type { Classify } from './refusal.js';
import type { BodyTransform } from './transform/transform.js';

/** Header lines as name, value pairs. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Where one service stands before its callers. Fixed for the life of a configuration. */
export interface ServicePlace {
  /** Origins people reach the service at, canonical one first, e.g. `https://airflow.example.com`. */
  readonly publicOrigins: readonly string[];
  /** The service's path, `/` for a service that owns its host. Cookies of the upstream are confined to it. */
  readonly path: string;
  /** Our own cookie names. Neither they nor Airflow 3's `_token` ever pass, in either direction. */
  readonly protectedCookies: readonly string[];
  /** Further cookie names that pass in neither direction. */
  readonly dropCookies?: readonly string[] | undefined;
  /** Header names the identity profile of this service may set: removed from callers even where none is set. */
  readonly identityHeaderNames: readonly string[];
}

/**
 * Ties an upstream cookie to one caller: the browser keeps it as `client`, the upstream knows it as `upstream`.
 * `client` starts with `<upstream>.`; every other cookie of that prefix, and `upstream` itself, is dropped, so the
 * session of one person or role is never sent for another (threats C03, C04).
 */
export interface CookieBinding {
  readonly upstream: string;
  readonly client: string;
}

/** One judged request. Everything in it was decided before; nothing here is asked again. */
export interface ForwardJob {
  /** Canonical and ASCII: the serialisation of what was judged, never `req.url`. */
  readonly target: string;
  readonly method: Method;
  /** The service's public authority the caller is on; `Host` upstream. */
  readonly host: string;
  /** What `X-Forwarded-For`, `-Proto` and `-Host` say. */
  readonly client: { readonly ip: string; readonly proto: 'http' | 'https'; readonly host: string };
  /** Empty where nobody is asserted. */
  readonly identity: IdentityHeaders;
  /** Whose stream this is, so that revocation can end it. */
  readonly subject?: string | undefined;
  /** Which request this is, so that it alone can be ended. */
  readonly requestId?: string | undefined;
  readonly cookieBindings?: readonly CookieBinding[] | undefined;
  /** Set for asserted callers only; see `createRefusal`. */
  readonly classify?: Classify | undefined;
  readonly transform?: BodyTransform | undefined;
  /** Set on the request upstream, e.g. `x-request-id`; the caller's own of that name are dropped. */
  readonly requestHeaders?: HeaderPairs | undefined;
  /** Set on every forwarded answer; the upstream's own of that name are dropped. */
  readonly responseHeaders?: HeaderPairs | undefined;
}

/** Why no whole answer of the upstream reached the caller. */
export type ForwardFailure =
  | Extract<
      DenyReason,
      | 'ambiguous-request'
      | 'assertion-refused'
      | 'body-too-long'
      | 'client-gone'
      | 'request-timeout'
      | 'upstream-denied'
      | 'upstream-invalid'
      | 'upstream-timeout'
      | 'upstream-unreachable'
    >
  /** All connections busy and the queue full: 503, worth a Retry-After. */
  | 'overloaded'
  /** Ended by `LiveStreams`: 401, 403, 503. */
  | 'revoked'
  | 'lowered'
  | 'shutting-down';

export interface Failed {
  readonly kind: 'failed';
  readonly reason: ForwardFailure;
  /** For logs: no header value, no cookie, no query. */
  readonly detail: string;
  /** False: nothing was written, the caller of `forward` answers. True: the client's socket was destroyed. */
  readonly responseStarted: boolean;
}

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  /** The upstream itself said 403 to an asserted person: passed on, and worth an audit record. */
  readonly upstreamDenied: boolean;
  /** From sending to the answer's head, and to its last byte. */
  readonly firstByteMs: number;
  readonly upstreamMs: number;
}

export type ForwardResult = Answered | Failed;
