import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import { type Answer, CONTENT_TYPES, createAnswer } from '../answers/answer.js';
import { challengeFor } from '../answers/challenge.js';
import { DENIAL_WORDS } from '../answers/denial-words.js';
import { renderDenial } from '../answers/deny.js';
import { html } from '../answers/html.js';
import type { Surface } from '../answers/negotiate.js';
import { contactMarkup, renderPage } from '../answers/page.js';
import type { DenialSetting } from '../public/reply.js';

export interface ForwardAuthDenial {
  readonly reason: DenyReason;
  readonly detail: string | undefined;
  readonly surface: Surface;
  readonly outcome: Outcome;
  readonly setting: DenialSetting;
  /** Absolute URL of our sign-in page with the way back; undefined where the original was not a navigation. */
  readonly signInUrl: string | undefined;
}

/** Where a controller sends people who are not signed in; on the answer to a navigation only. */
export const LOGIN_HEADER = 'x-auth-proxy-login';

/**
 * 403 for all that is not an allow: nginx turns other numbers into 500, and Envoy may be told to let 5xx pass. 401 where
 * there is no credential or a bad one, so that a controller can send people to sign in.
 */
export function statusOfDenial(reason: DenyReason): 401 | 403 {
  return DENIAL_STATUS[reason] === 401 ? 401 : 403;
}

/** The answer to an ask that was not allowed; several controllers pass it on to the client as it is. */
export function renderForwardAuthDenial(denial: ForwardAuthDenial): Answer {
  const { reason, detail, surface, outcome, setting, signInUrl } = denial;
  const status = statusOfDenial(reason);
  const { requestId } = outcome;
  if (status === 401 && signInUrl !== undefined) return renderSignIn(denial, signInUrl);
  const answer = renderDenial({
    reason,
    // Airflow's error document names the status, and here it is another than the reason's own.
    surface: surface === 'airflow-v1' && DENIAL_STATUS[reason] !== status ? 'json' : surface,
    requestId,
    permission: outcome.decision.permission,
    role: outcome.role,
    detail,
    ...setting,
  });
  const { allow: _allow, connection: _connection, ...headers } = answer.headers;
  return { ...answer, status, headers };
}

/** For people: a page that leads to the sign-in by itself, since no redirect may come from here. */
function renderSignIn({ reason, outcome, setting }: ForwardAuthDenial, signInUrl: string): Answer {
  const words = DENIAL_WORDS[reason];
  const { requestId } = outcome;
  const contact = setting.supportContact;
  const content = html`<p>${words.advice}</p>
<p><a class="button" href="${signInUrl}">Sign in</a></p>
${contact === undefined ? undefined : html`<p>Who can help: ${contactMarkup(contact)}</p>`}`;
  return createAnswer({
    status: 401,
    requestId,
    contentType: CONTENT_TYPES.html,
    body: renderPage({ heading: words.title, content, requestId }),
    headers: {
      'www-authenticate': challengeFor(reason) ?? 'Bearer',
      'x-auth-proxy-reason': reason,
      [LOGIN_HEADER]: signInUrl,
      // HTML 4.7.6 "shared declarative refresh steps"; as a field it needs no script and no change to the page's policy.
      refresh: `0;url=${signInUrl}`,
    },
  });
}
