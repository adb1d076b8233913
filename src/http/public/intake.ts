import type { IncomingMessage } from 'node:http';
import type { DenyReason } from '../../domain/denial.js';
import type { RawHeaders } from '../../gate/headers.js';
import { readFields } from './fields.js';

export interface IntakeLimits {
  /** Header fields of one request. */
  readonly headers: number;
  /** Bytes of the request target, for every service. */
  readonly targetBytes: number;
}

export type Intake =
  | { readonly kind: 'accepted'; readonly headers: RawHeaders }
  | { readonly kind: 'refused'; readonly reason: DenyReason; readonly detail: string };

/**
 * What the message itself must be before anybody asks what it wants. llhttp has refused broken framing before this;
 * here stands what it lets through. Source: RFC 9112 3.2, 6.1, 6.3; RFC 6265 5.4; RFC 9110 9.3.1, 10.1.1.
 */
export function takeIn(req: IncomingMessage, limits: IntakeLimits): Intake {
  const fields = readFields(req.rawHeaders, limits.headers);
  if (fields.kind === 'refused') return fields;
  const { headers, counts } = fields;
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
  if (announcesBody(req) && BODILESS.has(req.method ?? '')) {
    return refuse('ambiguous-request', `a body on ${req.method}`);
  }
  const target = req.url ?? '';
  if (target.length > limits.targetBytes)
    return refuse('target-too-long', `more than ${limits.targetBytes} bytes`);
  return { kind: 'accepted', headers };
}

/** A body on these has no meaning, and servers disagree on whether they read it. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);

export function announcesBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

function refuse(reason: DenyReason, detail: string): Intake {
  return { kind: 'refused', reason, detail };
}
