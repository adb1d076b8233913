import { valuesOf } from './header-text.js';
import type { ServicePlace } from './job.js';
import { compilePlace } from './place.js';

/** The head of an upstream's answer. `raw` is name, value, name, value …, latin-1. */
export interface AnswerHead {
  readonly status: number;
  readonly raw: readonly string[];
}

/** What an upstream's answer to an asserted person means. */
export type Verdict =
  | { readonly kind: 'pass' /** It said 403 itself. */; readonly upstreamDenied: boolean }
  | {
      readonly kind: 'refused';
      readonly reason: 'assertion-refused' | 'upstream-denied';
      /** For the operator: names the misconfiguration. */
      readonly detail: string;
    };

/** The head does not tell: `judge` is called with the body, unless that is longer than `limitBytes`: then it passes. */
export interface Peek {
  readonly kind: 'peek';
  readonly limitBytes: number;
  readonly upstreamDenied: boolean;
  judge(body: Buffer): Verdict;
}

export type Classify = (answer: AnswerHead) => Verdict | Peek;

export type UpstreamKind = 'airflow3' | 'airflow2' | 'flower';

/** Where each upstream signs people in, below the service's path; a redirect there means "this is nobody I know". */
const SIGN_IN = {
  airflow3: ['/auth/login', '/api/v2/auth/login', '/login'],
  airflow2: ['/login'],
  flower: ['/login'],
} as const satisfies Record<UpstreamKind, readonly string[]>;

const REMEDY = {
  airflow3:
    'compare identity.secretFile or the JWKS with AIRFLOW__API_AUTH__*, identity.audience, and both clocks',
  airflow2:
    'compare the JWKS and AIRFLOW_AUTH_PROXY_AUDIENCE of the webserver with this deployment, and both clocks',
  flower: "compare identity.username and identity.passwordFile with Flower's --basic_auth",
} as const satisfies Record<UpstreamKind, string>;

/** What our `config/airflow/webserver_config.py` says when it does not take the assertion. */
const ASSERTION_HEADER = 'x-auth-proxy-assertion';
/** Airflow 3's words for a token it does not take; its pages sign the person out when they read them (`ui/src/main.tsx`). */
const INVALID_TOKEN = 'Invalid JWT token';
const PEEK_LIMIT_BYTES = 1024;

const PASS: Verdict = { kind: 'pass', upstreamDenied: false };
const PASSED_DENIAL: Verdict = { kind: 'pass', upstreamDenied: true };

/**
 * Tells refusals of our own assertion, which are faults of the set-up, from answers that are the person's.
 * Use it for asserted requests only: a stranger's 401 on a public route is an ordinary answer.
 * `origin` is the upstream's. Throws {@link AuthProxyError} as `compilePlace` does.
 */
export function createRefusal(options: {
  readonly upstream: UpstreamKind;
  readonly place: ServicePlace;
  readonly origin: string;
}): Classify {
  const { upstream } = options;
  const { base, authorities } = compilePlace(options.place, options.origin);
  const signIn = new Set(SIGN_IN[upstream].flatMap((path) => [base + path, path]));
  const assertionRefused = (how: string): Verdict => ({
    kind: 'refused',
    reason: 'assertion-refused',
    detail: `the upstream ${how}; ${REMEDY[upstream]}`,
  });

  return function classify({ status, raw }) {
    if (status === 401) return assertionRefused('answered 401 to our assertion');
    if (valuesOf(raw, ASSERTION_HEADER).includes('refused')) return assertionRefused('refused our assertion');
    if (status >= 300 && status < 400 && leadsTo(signIn, valuesOf(raw, 'location')[0], authorities)) {
      return {
        kind: 'refused',
        reason: 'upstream-denied',
        detail: 'the upstream redirects to its own sign-in',
      };
    }
    if (status !== 403) return PASS;
    if (upstream !== 'airflow3' || !isPlainJson(raw)) return PASSED_DENIAL;
    return {
      kind: 'peek',
      limitBytes: PEEK_LIMIT_BYTES,
      upstreamDenied: true,
      judge: (body) =>
        saysInvalidToken(body)
          ? assertionRefused(`answered 403 ${INVALID_TOKEN} to our assertion`)
          : PASSED_DENIAL,
    };
  };
}

function leadsTo(
  paths: ReadonlySet<string>,
  location: string | undefined,
  here: ReadonlySet<string>,
): boolean {
  const somewhere = 'http://relative.invalid';
  if (location === undefined || !URL.canParse(location, somewhere)) return false;
  const url = new URL(location, somewhere);
  return (url.origin === somewhere || here.has(url.host)) && paths.has(url.pathname.replace(/\/+$/, ''));
}

/** JSON as `application/json`, not compressed. */
export function isPlainJson(raw: readonly string[]): boolean {
  const [type = ''] = valuesOf(raw, 'content-type');
  const encoding = valuesOf(raw, 'content-encoding').filter(
    (value) => value.trim().toLowerCase() !== 'identity',
  );
  return /^application\/json[ \t]*(?:;|$)/i.test(type) && encoding.length === 0;
}

function saysInvalidToken(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && 'detail' in value && value.detail === INVALID_TOKEN;
  } catch {
    return false;
  }
}
