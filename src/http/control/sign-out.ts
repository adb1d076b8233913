import type { IncomingMessage } from 'node:http';
import type { Answer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import { html } from '../answers/html.js';
import { renderPage } from '../answers/page.js';
import { safetyHeaders } from '../answers/safety-headers.js';
import { authPathOf, type ControlCall, type ControlOptions, homePathOf } from './call.js';
import { clearCookie } from './cookie.js';
import { headerPairs } from './header-pairs.js';
import { LOGIN_MARKER } from './login-loop.js';
import { checkOrigin } from './origin.js';
import { pageAnswer, redirectAnswer } from './page-answer.js';
import { recordSession } from './record.js';
import { requireWebUrl } from './web-url.js';

/** What Airflow itself may have left: Flask's session of 2.x and the token of 3.x. */
const AIRFLOW_COOKIES = ['session', '_token'];
/** A response has room for so many; what is left beyond ends by itself, and no longer signs anybody in. */
const MAX_SERVICE_PATHS = 32;
/** Pages seen before must not come back by the back button (W3C Clear Site Data 3.1; also the back-forward cache). */
const FORGET_PAGES = { 'clear-site-data': '"cache"' };

/**
 * `GET` and `POST /.auth/logout`. POST from our own page ends the session, clears the cookies and leads on to the
 * sign-out of whoever signed the person in. GET does so only where the browser vouches that one of our own pages led
 * here, as Airflow's sign-out button does; otherwise it asks, so that no link or image elsewhere signs anybody out.
 */
export function createSignOut(options: ControlOptions) {
  const { identify, platform, oidc, brand } = options;
  const platformUrl =
    platform?.logoutUrl === undefined
      ? undefined
      : requireWebUrl('platform.login.logoutUrl', platform.logoutUrl);

  async function showSignOut(call: ControlCall): Promise<Answer> {
    const { request, context } = call;
    if (comesFromOurPage(request)) return leave(call);
    const { requestId, origin } = context;
    const identity = await identify(request);
    const who =
      identity.kind === 'authenticated' ? (identity.principal.name ?? identity.principal.id) : undefined;
    const content = html`<p>${
      who === undefined
        ? 'This removes what signs you in from your browser.'
        : html`You are signed in as <strong><bdi>${who}</bdi></strong>.`
    }</p>
<form method="post" action="${authPathOf(context)}/logout"><p><button>Sign out</button></p></form>
<p><a href="${homePathOf(context)}">Stay signed in</a></p>`;
    const target = (await oidc?.signOutTarget(headerPairs(request.rawHeaders), origin)) ?? platformUrl?.href;
    // Chromium holds the redirect that answers a form against form-action too (CSP3 6.4.1).
    const headers = safetyHeaders({ formTargets: target === undefined ? [] : [new URL(target).origin] });
    const body = renderPage({ heading: 'Sign out', content, requestId, brand });
    return pageAnswer({ status: 200, requestId, body, headers });
  }

  async function signOut(call: ControlCall): Promise<Answer> {
    const { request, context } = call;
    const { requestId } = context;
    const verdict = checkOrigin(request, context.origin);
    if (verdict.kind === 'same') return leave(call);
    const identity = await identify(request);
    recordSession(options, call, 'sign-out', {
      page: 'logout',
      outcome: 'failure',
      reason: 'cross-site',
      statusCode: 403,
      principal: identity.kind === 'authenticated' ? identity.principal : undefined,
    });
    const { detail } = verdict;
    return renderDenial({
      reason: 'cross-site',
      surface: 'html',
      requestId,
      detail,
      brand,
      homePath: homePathOf(context),
    });
  }

  async function leave(call: ControlCall): Promise<Answer> {
    const { request, context } = call;
    const { requestId, origin } = context;
    const identity = await identify(request);
    const ended = await oidc?.endSession(headerPairs(request.rawHeaders), origin);
    const target = ended?.ended ? ended.location : platformUrl?.href;
    recordSession(options, call, 'sign-out', {
      page: 'logout',
      outcome: 'success',
      reason: 'signed-out',
      statusCode: target === undefined ? 200 : 303,
      principal: identity.kind === 'authenticated' ? identity.principal : undefined,
    });
    const cookies = [...(ended?.cookies ?? []), ...forgotten(options, origin.startsWith('https://'))];
    if (target !== undefined)
      return redirectAnswer(303, requestId, target, { cookies, headers: FORGET_PAGES });
    return pageAnswer({
      status: 200,
      requestId,
      body: signedOutPage(call, options),
      cookies,
      headers: FORGET_PAGES,
    });
  }

  /** `GET /.auth/signed-out`: where a provider's own sign-out leads back to. */
  async function showSignedOut(call: ControlCall): Promise<Answer> {
    const { requestId } = call.context;
    return pageAnswer({ status: 200, requestId, body: signedOutPage(call, options) });
  }

  return { showSignOut, signOut, showSignedOut };
}

/**
 * A link or redirect of one of our own pages or of a service behind us (W3C Fetch Metadata 2): the browser says that
 * nobody else's page had a part in it. A page that is only fetched ahead was not asked for by anybody.
 */
function comesFromOurPage({ headers }: IncomingMessage): boolean {
  return (
    headers['sec-fetch-site'] === 'same-origin' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers['sec-purpose'] === undefined
  );
}

function forgotten({ cookieNames, servicePaths }: ControlOptions, secure: boolean): string[] {
  const own = [...cookieNames, LOGIN_MARKER].map((name) => clearCookie(name, '/', secure));
  const paths = new Set(['/', ...servicePaths().slice(0, MAX_SERVICE_PATHS)]);
  const airflow = [...paths].flatMap((path) =>
    AIRFLOW_COOKIES.map((name) => clearCookie(name, path, secure)),
  );
  return [...own, ...airflow];
}

function signedOutPage({ context }: ControlCall, { brand }: ControlOptions): string {
  const content = html`<p>Your browser no longer holds what signed you in here.</p>
<p><a class="button" href="${authPathOf(context)}/login">Sign in again</a></p>`;
  return renderPage({ heading: 'You are signed out', content, requestId: context.requestId, brand });
}
