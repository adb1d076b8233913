import type { IncomingMessage, ServerResponse } from 'node:http';
import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import { createAnswer } from '../answers/answer.js';
import type { Brand } from '../answers/brand.js';
import { renderDenial } from '../answers/deny.js';
import type { Surface } from '../answers/negotiate.js';
import { redirectToSignIn } from '../answers/sign-in-redirect.js';
import type { Ending } from './ending.js';
import { answerRequest } from './last-answer.js';
import type { OwnPage } from './sign-in.js';

/** What a denial page says besides the decision. */
export interface DenialSetting {
  readonly workspaceLabel: string | undefined;
  readonly supportContact: string | undefined;
  readonly brand?: Brand | undefined;
}

export interface Refusal {
  readonly reason: DenyReason;
  readonly detail: string | undefined;
  readonly surface: Surface;
  readonly outcome: Outcome;
  readonly setting: DenialSetting;
}

/** Answers a denied request. A person without a credential is sent to sign in; everybody else is told. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): Ending {
  const { reason, detail, surface, outcome, setting } = refusal;
  if (surface === 'html' && (reason === 'no-credential' || reason === 'bad-credential')) {
    const returnTo = outcome.target ?? '/';
    answerRequest(req, res, redirectToSignIn({ reason, requestId: outcome.requestId, returnTo }));
    return { kind: 'denied', reason, statusCode: 302, detail };
  }
  const { decision, requestId, role } = outcome;
  const { permission } = decision;
  answerRequest(req, res, renderDenial({ reason, surface, requestId, permission, role, detail, ...setting }));
  return { kind: 'denied', reason, statusCode: DENIAL_STATUS[reason], detail };
}

/** Sends a person on, in place of the upstream's own page. */
export function redirect(req: IncomingMessage, res: ServerResponse, requestId: string, to: OwnPage): Ending {
  const { status, location, reason } = to;
  answerRequest(
    req,
    res,
    createAnswer({ status, requestId, contentType: undefined, body: '', headers: { location } }),
  );
  return { kind: 'answered', reason, statusCode: status };
}

/** RFC 9110 9.3.7. No CORS grant: a preflight that finds none keeps the page from asking. */
export function answerOptions(req: IncomingMessage, res: ServerResponse, requestId: string): Ending {
  const headers = { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' };
  answerRequest(
    req,
    res,
    createAnswer({ status: 204, requestId, contentType: undefined, body: '', headers }),
  );
  return { kind: 'answered', reason: 'options', statusCode: 204 };
}
