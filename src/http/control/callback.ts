import type { SessionEvent } from '../../audit/session.js';
import type { DenyReason } from '../../domain/denial.js';
import type { SignInEnd } from '../../session/sign-in.js';
import { type Answer, jsonAnswer } from '../answers/answer.js';
import { authPathOf, type ControlCall, type ControlOptions, homePathOf } from './call.js';
import { clearCookie } from './cookie.js';
import { headerPairs } from './header-pairs.js';
import { LOGIN_MARKER } from './login-loop.js';
import { pageAnswer, redirectAnswer } from './page-answer.js';
import { recordSession } from './record.js';
import { type CallbackFailure, callbackFailurePage } from './sign-in-pages.js';

/**
 * `GET /.auth/callback/<provider>`: where a provider sends people back to. Whoever did not begin the sign-in in this
 * browser gets no session, whatever code and state the address holds (threats S4).
 */
export function createCallback(options: ControlOptions) {
  const { oidc, supportContact, brand } = options;

  return async function finishSignIn(call: ControlCall): Promise<Answer> {
    const { context, request } = call;
    const { requestId } = context;
    const address = new URL(context.target, context.origin);
    const provider = address.pathname.split('/').at(-1) ?? '';
    // HEAD would spend the code and leave nobody signed in.
    if (oidc === undefined || request.method !== 'GET')
      return jsonAnswer(404, requestId, { detail: 'not found' });
    const end = await oidc.finish(provider, address, headerPairs(request.rawHeaders));
    if (end.kind === 'signed-in') {
      const { principal } = end.session;
      recordSession(options, call, 'sign-in', {
        page: `callback/${provider}`,
        outcome: 'success',
        reason: 'provider-sign-in',
        statusCode: 303,
        principal,
      });
      const secure = context.origin.startsWith('https://');
      const cookies = [...end.cookies, clearCookie(LOGIN_MARKER, '/', secure)];
      return redirectAnswer(303, requestId, end.returnTo, { cookies });
    }
    const failure = failureOf(end);
    recordSession(options, call, 'sign-in', {
      page: `callback/${provider}`,
      outcome: 'failure',
      reason: failure.record,
      statusCode: failure.status,
    });
    const body = callbackFailurePage({
      authPath: authPathOf(context),
      requestId,
      returnTo: end.kind === 'not-begun' ? homePathOf(context) : end.returnTo,
      failure: failure.page,
      detail: end.kind === 'refused' && end.reason !== 'provider' ? end.detail : undefined,
      supportContact,
      brand,
    });
    const cookies = end.kind === 'refused' ? end.cookies : [];
    const headers: Record<string, string> = failure.status === 503 ? { 'retry-after': '5' } : {};
    return pageAnswer({ status: failure.status, requestId, body, reason: failure.reason, cookies, headers });
  };
}

interface FailureAnswer {
  readonly status: number;
  readonly reason: DenyReason;
  readonly record: SessionEvent['reason'];
  readonly page: CallbackFailure;
}

function failureOf(end: Exclude<SignInEnd, { kind: 'signed-in' }>): FailureAnswer {
  switch (end.kind) {
    case 'not-begun':
      return { status: 401, reason: 'no-credential', record: 'sign-in-not-begun', page: 'not-begun' };
    case 'unavailable':
      return {
        status: 503,
        reason: 'identity-unavailable',
        record: 'provider-unavailable',
        page: 'unavailable',
      };
    case 'refused': {
      const byProvider = end.reason === 'provider';
      return {
        status: 401,
        reason: 'bad-credential',
        record: byProvider ? 'provider-refused' : 'person-refused',
        page: byProvider ? 'refused' : 'person',
      };
    }
    default:
      return end satisfies never;
  }
}
