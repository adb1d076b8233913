import type { Outcome } from '../domain/outcome.js';
import { subjectOf } from '../domain/principal.js';
import { airflowFields } from './airflow-fields.js';
import { canonicalPath, clip, escapeAscii, present, rawPath } from './field.js';
import type { RequestResult } from './result.js';

export type AuditAction =
  | 'request-forwarded'
  | 'request-denied'
  | 'request-answered'
  | 'sign-in'
  | 'sign-out';

/** One audit record: nested ECS (elastic.co/guide/en/ecs), with our own facts under `auth_proxy` and `airflow`. */
export interface AuditRecord {
  readonly '@timestamp': string;
  readonly event: {
    readonly action: AuditAction;
    readonly outcome: 'success' | 'failure';
    readonly reason: string;
  };
  readonly user?: { readonly id: string; readonly email?: string };
  readonly auth_proxy: {
    readonly request_id: string;
    readonly principal_kind?: 'user' | 'service-account';
    readonly workspace?: string;
    readonly deployment?: string;
    readonly service?: string;
    readonly role?: string;
    readonly permission?: string;
    readonly rule?: string;
    /** What made the target or request ambiguous, or which origin was refused. */
    readonly detail?: string;
    /** Why the credential was refused; the caller is never told. */
    readonly credential_error?: string;
    /** Role sources that did not answer. */
    readonly unavailable?: readonly string[];
  };
  readonly airflow?: Readonly<Record<string, string>>;
  readonly http: {
    readonly request: { readonly method: string };
    readonly response: { readonly status_code: number };
  };
  readonly url: { readonly path: string };
  readonly source?: { readonly ip: string };
}

const ACTIONS = {
  forwarded: 'request-forwarded',
  denied: 'request-denied',
  answered: 'request-answered',
} as const satisfies Record<RequestResult['kind'], AuditAction>;

/**
 * What the audit trail says of one request. Pure, and total: whatever bytes the request was made of, this never
 * throws. Headers, bodies, claims and query values never enter it, except the query keys that name a run or a task.
 * `nowMs` is in epoch milliseconds.
 */
export function toAuditRecord(outcome: Outcome, result: RequestResult, nowMs: number): AuditRecord {
  const { identity, decision, match, place } = outcome;
  const principal = identity.kind === 'authenticated' ? identity.principal : undefined;
  const rule = decision.rule ?? (match.kind === 'matched' ? match.rule : undefined);
  const { unavailable } = outcome.bindings;
  return present({
    '@timestamp': new Date(nowMs).toISOString(),
    event: {
      action: ACTIONS[result.kind],
      outcome: result.kind === 'denied' ? ('failure' as const) : ('success' as const),
      reason: result.kind === 'forwarded' ? decision.reason : result.reason,
    },
    user:
      principal === undefined
        ? undefined
        : present({ id: clip(subjectOf(principal)), email: clipped(principal.email) }),
    auth_proxy: present({
      request_id: clip(outcome.requestId),
      principal_kind: principal?.kind,
      workspace: clipped(place?.workspace),
      deployment: clipped(place?.deployment),
      service: place?.service,
      role: outcome.role,
      permission: decision.permission,
      rule: clipped(rule?.id),
      detail: clipped(detailOf(outcome, result)),
      credential_error: identity.kind === 'rejected' ? identity.code : undefined,
      unavailable: unavailable.length === 0 ? undefined : unavailable.slice(0, 16).map((name) => clip(name)),
    }),
    airflow: airflowFields(match, outcome.target),
    http: {
      request: { method: clip(escapeAscii(outcome.method), 32) },
      response: { status_code: result.statusCode },
    },
    url: { path: outcome.target === undefined ? rawPath(outcome.rawTarget) : canonicalPath(outcome.target) },
    source: outcome.sourceIp === undefined ? undefined : { ip: clip(outcome.sourceIp, 64) },
  });
}

function detailOf({ decision }: Outcome, result: RequestResult): string | undefined {
  const own = result.kind === 'denied' ? result.detail : undefined;
  return own ?? (decision.kind === 'deny' ? decision.detail : undefined);
}

function clipped(text: string | undefined): string | undefined {
  return text === undefined ? undefined : clip(text);
}
