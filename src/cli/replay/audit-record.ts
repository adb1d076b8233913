import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import { SERVICES } from '../../domain/deployment.js';
import type { RejectionCode } from '../../domain/identity.js';
import { isRole } from '../../domain/role.js';
import {
  type JsonObject,
  type LineReading,
  objectAt,
  type RecordedCaller,
  type RecordedDecision,
  textAt,
  unreadable,
} from './recorded.js';

/**
 * What each reason says about the decision. `neither` where headers, body, query or our own state decided: the record
 * keeps none of them, so a rehearsal would only guess.
 */
const DECISIONS = {
  'ambiguous-target': 'neither',
  'ambiguous-credential': 'denied',
  'ambiguous-request': 'neither',
  'no-credential': 'denied',
  'bad-credential': 'denied',
  'no-role': 'denied',
  'never-exposed': 'denied',
  'unknown-route': 'denied',
  'insufficient-permission': 'denied',
  'cross-site': 'denied',
  'upstream-denied': 'allowed',
  'method-not-allowed': 'denied',
  'body-too-long': 'allowed',
  'target-too-long': 'neither',
  'headers-too-large': 'neither',
  'expectation-failed': 'neither',
  'request-timeout': 'neither',
  'method-unknown': 'denied',
  'upstream-unreachable': 'allowed',
  'upstream-invalid': 'allowed',
  'assertion-refused': 'allowed',
  'identity-unavailable': 'denied',
  'role-unavailable': 'denied',
  'audit-unavailable': 'neither',
  overloaded: 'neither',
  'internal-error': 'neither',
  'upstream-timeout': 'allowed',
  'client-gone': 'neither',
} as const satisfies Record<DenyReason, RecordedDecision>;

/** Reads one of our own audit records (src/audit/record.ts); the chain is `audit verify`'s business. */
export function readAuditRecord(record: JsonObject): LineReading {
  const action = textAt(objectAt(record, 'event'), 'action');
  if (action === undefined || !action.startsWith('request-')) return { kind: 'other' };
  const http = objectAt(record, 'http');
  const method = textAt(objectAt(http, 'request'), 'method');
  const status = objectAt(http, 'response')?.status_code;
  const path = textAt(objectAt(record, 'url'), 'path');
  if (method === undefined || path === undefined || typeof status !== 'number')
    return unreadable('an audit record without method, path or status');
  // A message that never became a request.
  if (method === '' || path === '') return { kind: 'other' };
  if (/\[cut, \d+ characters\]$/.test(path)) return unreadable('the path was too long to be recorded whole');
  const facts = objectAt(record, 'auth_proxy');
  const reason = textAt(objectAt(record, 'event'), 'reason') ?? '';
  return {
    kind: 'request',
    request: {
      method: unescapeField(method),
      target: unescapeField(path),
      host: undefined,
      status,
      decision: isReason(reason) ? DECISIONS[reason] : 'allowed',
      caller: callerOf(record, facts, reason),
      place: placeOf(facts),
      rule: textAt(facts, 'rule'),
    },
  };
}

function callerOf(record: JsonObject, facts: JsonObject | undefined, reason: string): RecordedCaller {
  if (textAt(objectAt(record, 'user'), 'id') === undefined) {
    const code = textAt(facts, 'credential_error');
    // Our own word, read back; another one is only shown, never looked up.
    if (code !== undefined) return { kind: 'rejected', code: code as RejectionCode };
    if (reason === 'identity-unavailable') return { kind: 'unverifiable' };
    return { kind: reason === 'ambiguous-credential' ? 'ambiguous' : 'anonymous' };
  }
  const role = textAt(facts, 'role');
  const unavailable = facts?.unavailable;
  return {
    kind: 'known',
    role: isRole(role) ? role : undefined,
    // Headers are not kept: a request that was refused for where it came from is refused again.
    credential: reason === 'cross-site' ? 'cookie' : 'bearer',
    unavailable: Array.isArray(unavailable) ? unavailable.map(String) : [],
  };
}

function placeOf(facts: JsonObject | undefined) {
  const deployment = textAt(facts, 'deployment');
  const service = SERVICES.find((kind) => kind === textAt(facts, 'service'));
  return deployment === undefined || service === undefined ? undefined : { deployment, service };
}

function isReason(reason: string): reason is DenyReason {
  return Object.hasOwn(DENIAL_STATUS, reason);
}

/** The way back from `escapeAscii`. */
function unescapeField(text: string): string {
  return text.replace(/\\(?:\\|x([0-9A-F]{2})|u\{([0-9A-F]{4,6})\})/g, (_, byte, point) =>
    byte === undefined && point === undefined
      ? '\\'
      : String.fromCodePoint(Math.min(Number.parseInt(byte ?? point, 16), 0x10ffff)),
  );
}
