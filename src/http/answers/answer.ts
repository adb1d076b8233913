import type { ServerResponse } from 'node:http';
import { SAFETY_HEADERS } from './safety-headers.js';

/** An answer of our own, complete. Header names in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Values of `Set-Cookie`, one field each. */
  readonly cookies?: readonly string[] | undefined;
}

export const CONTENT_TYPES = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  // RFC 7807 3, as Airflow 2's connexion sends it.
  problem: 'application/problem+json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
} as const;

export interface AnswerParts {
  readonly status: number;
  readonly requestId: string;
  readonly contentType: (typeof CONTENT_TYPES)[keyof typeof CONTENT_TYPES] | undefined;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly cookies?: readonly string[] | undefined;
}

/** Puts together what every answer of our own has: no caching, the request id, helmet's headers, the length. */
export function createAnswer({
  status,
  requestId,
  contentType,
  body,
  headers,
  cookies,
}: AnswerParts): Answer {
  return {
    status,
    body,
    cookies,
    headers: {
      ...SAFETY_HEADERS,
      // RFC 9111 5.2.2.5: a cache must not store any part of it.
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      // RFC 9110 8.6: no Content-Length in a 204.
      ...(status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
  };
}

/** Answers in JSON. */
export function jsonAnswer(
  status: number,
  requestId: string,
  value: unknown,
  headers?: Record<string, string>,
): Answer {
  return createAnswer({
    status,
    requestId,
    contentType: CONTENT_TYPES.json,
    body: JSON.stringify(value),
    headers,
  });
}

/** Writes an answer and ends the response. RFC 9110 9.3.2: to HEAD the same head, and no content. */
export function sendAnswer(response: ServerResponse, answer: Answer, method: string | undefined): void {
  const { cookies = [] } = answer;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }),
  });
  response.end(method === 'HEAD' ? undefined : answer.body);
}
