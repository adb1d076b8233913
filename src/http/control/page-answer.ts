import type { DenyReason } from '../../domain/denial.js';
import { type Answer, CONTENT_TYPES, createAnswer } from '../answers/answer.js';
import { challengeFor } from '../answers/challenge.js';

interface PageAnswerParts {
  readonly status: number;
  readonly requestId: string;
  readonly body: string;
  /** Why nobody is let in by it. */
  readonly reason?: DenyReason | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly cookies?: readonly string[] | undefined;
}

/** One of our own pages. */
export function pageAnswer({ status, requestId, body, reason, headers, cookies }: PageAnswerParts): Answer {
  const challenge = reason === undefined ? undefined : challengeFor(reason);
  return createAnswer({
    status,
    requestId,
    contentType: CONTENT_TYPES.html,
    body,
    cookies,
    headers: {
      ...(reason === undefined ? {} : { 'x-auth-proxy-reason': reason }),
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      ...headers,
    },
  });
}

/** Sends a person on. 303: by GET, also from a form. */
export function redirectAnswer(
  status: 302 | 303,
  requestId: string,
  location: string,
  more: { readonly cookies?: readonly string[]; readonly headers?: Readonly<Record<string, string>> } = {},
): Answer {
  return createAnswer({
    status,
    requestId,
    contentType: undefined,
    body: '',
    headers: { ...more.headers, location },
    cookies: more.cookies,
  });
}
