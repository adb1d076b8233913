import { type Principal, subjectOf } from '../domain/principal.js';
import { canonicalPath, clip, escapeAscii, present } from './field.js';
import type { AuditRecord } from './record.js';

/** Somebody signed in or out at our own pages. */
export interface SessionEvent {
  readonly kind: 'sign-in' | 'sign-out';
  readonly outcome: 'success' | 'failure';
  readonly reason:
    | 'development-sign-in'
    | 'unknown-person'
    | 'cross-site'
    | 'signed-out'
    | 'provider-sign-in'
    /** Not begun in this browser, or too long ago. */
    | 'sign-in-not-begun'
    | 'provider-refused'
    | 'provider-unavailable'
    /** What the provider says of the person does not do. */
    | 'person-refused'
    /** A provider ended sessions, by a back channel. */
    | 'ended-by-provider';
  /** Undefined where nobody was known: a refused sign-in, a sign-out without a session. */
  readonly principal: Principal | undefined;
  readonly requestId: string;
  readonly method: string;
  /** Canonical path below our authority; a query is left out. */
  readonly path: string;
  readonly statusCode: number;
  readonly sourceIp: string | undefined;
}

/** What the audit trail says of a sign-in or sign-out. `nowMs` is in epoch milliseconds. Never throws. */
export function toSessionRecord(event: SessionEvent, nowMs: number): AuditRecord {
  const { principal } = event;
  return present({
    '@timestamp': new Date(nowMs).toISOString(),
    event: { action: event.kind, outcome: event.outcome, reason: event.reason },
    user:
      principal === undefined
        ? undefined
        : present({
            id: clip(subjectOf(principal)),
            email: principal.email === undefined ? undefined : clip(principal.email),
          }),
    auth_proxy: present({ request_id: clip(event.requestId), principal_kind: principal?.kind }),
    http: {
      request: { method: clip(escapeAscii(event.method), 32) },
      response: { status_code: event.statusCode },
    },
    url: { path: canonicalPath(event.path) },
    source: event.sourceIp === undefined ? undefined : { ip: clip(event.sourceIp, 64) },
  });
}
