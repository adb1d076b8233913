import type { IncomingMessage } from 'node:http';
import type { DenyReason } from '../../domain/denial.js';
import type { RawHeaders } from '../../gate/headers.js';
import type { Expectation } from './arrival.js';
import { readFields } from './fields.js';

export interface IntakeLimits {
  /** Header fields of one request. */
  readonly headers: number;
  /** Bytes of the request target, for every service. */
  readonly targetBytes: number;
}

/** `headers` of a refused message say who sent it, for the record; nothing else may be read from them. */
export type Intake =
  | { readonly kind: 'accepted'; readonly headers: RawHeaders }
  | {
      readonly kind: 'refused';
      readonly headers: RawHeaders;
      readonly reason: DenyReason;
      readonly detail: string | undefined;
    };

/**
 * What the message itself must be before anybody asks what it wants. llhttp has refused broken framing before this;
 * here stands what it lets through. Source: RFC 9112 3.2, 6.1, 6.3; RFC 6265 5.4; RFC 9110 9.3.1, 10.1.1.
 */
export function takeIn(req: IncomingMessage, expectation: Expectation, limits: IntakeLimits): Intake {
  const fields = readFields(req.rawHeaders, limits.headers);
  const { headers } = fields;
  const refuse = (reason: DenyReason, detail?: string): Intake => ({
    kind: 'refused',
    headers,
    reason,
    detail,
  });
  if (fields.kind === 'refused') return refuse(fields.reason, fields.detail);
  const { counts } = fields;
  if (req.httpVersion !== '1.1' && req.httpVersion !== '1.0')
    return refuse('ambiguous-request', 'HTTP version');
  if (!counts.has('host') && req.httpVersion === '1.1') return refuse('ambiguous-request', 'no Host');
  if (counts.has('transfer-encoding')) {
    if (req.httpVersion === '1.0') return refuse('ambiguous-request', 'Transfer-Encoding in HTTP/1.0');
    if (counts.has('content-length'))
      return refuse('ambiguous-request', 'Content-Length beside Transfer-Encoding');
    if (req.headers['transfer-encoding']?.toLowerCase() !== 'chunked') {
      return refuse('ambiguous-request', 'a Transfer-Encoding other than chunked');
    }
  }
  if (announcesBody(req)) {
    if (BODILESS.has(req.method ?? '')) return refuse('ambiguous-request', `a body on ${req.method}`);
    if (expectation === 'body-lost') return refuse('ambiguous-request', 'a body with Upgrade');
  }
  // Node calls `y 100-continue` an expectation it knows.
  const unmet = expectation === 'continue' && req.headers.expect?.trim().toLowerCase() !== '100-continue';
  if (unmet || expectation === 'unmet') return refuse('expectation-failed');
  const target = req.url ?? '';
  if (target.length > limits.targetBytes)
    return refuse('target-too-long', `more than ${limits.targetBytes} bytes`);
  return { kind: 'accepted', headers };
}

/** A body on these has no meaning, and servers disagree on whether they read it. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);

function announcesBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}
