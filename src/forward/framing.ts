import type { IncomingMessage } from 'node:http';
import type { Method } from '../domain/route.js';
import { valuesOf } from './header-text.js';

/** Whether the request announces a body (RFC 9112 6.3). Its GET or HEAD is answered 400 before it gets here. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || (declaredLength(req) ?? 0) > 0;
}

/** `Content-Length` of the request as llhttp accepted it; undefined where there is none or the body is chunked. */
export function declaredLength(req: IncomingMessage): number | undefined {
  const value = req.headers['content-length'];
  if (value === undefined || req.headers['transfer-encoding'] !== undefined) return undefined;
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** How the body of an answer ends, told from its own head. */
export type AnswerFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'until-end' }
  | { readonly kind: 'invalid'; readonly detail: string };

/**
 * Reads an answer's framing by RFC 9112 6.3 and refuses what two parsers could read differently: length and encoding
 * together, either of them twice, an encoding other than exactly `chunked` (`chunked` with a tab after it would be read
 * until the connection closes, llhttp issue 876), a body with 204.
 */
export function answerFraming(method: Method, status: number, raw: readonly string[]): AnswerFraming {
  const lengths = valuesOf(raw, 'content-length');
  const encodings = valuesOf(raw, 'transfer-encoding');
  const [length] = lengths;
  const [encoding] = encodings;
  if (lengths.length + encodings.length > 1) return invalid('more than one length or transfer encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked')
    return invalid('an unknown transfer encoding');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return invalid('a malformed content length');
  if (status === 204 && (encoding !== undefined || (length !== undefined && Number(length) > 0))) {
    return invalid('a body with 204');
  }
  if (method === 'HEAD')
    return length === undefined ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
  if (status === 204 || status === 304) return { kind: 'none' };
  return length === undefined ? { kind: 'until-end' } : { kind: 'length', bytes: Number(length) };
}

function invalid(what: string): AnswerFraming {
  return { kind: 'invalid', detail: `the upstream's answer has ${what}` };
}
