import { type Answer, CONTENT_TYPES, createAnswer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import { html } from '../answers/html.js';
import { renderPage } from '../answers/page.js';
import { safetyHeaders } from '../answers/safety-headers.js';
import { authPathOf, type ControlCall, type ControlOptions, homePathOf } from './call.js';
import { clearCookie } from './cookie.js';
import { LOGIN_MARKER } from './login-loop.js';
import { checkOrigin } from './origin.js';
import { requireWebUrl } from './web-url.js';

/** What Airflow itself may have left: Flask's session of 2.x and the token of 3.x. */
const AIRFLOW_COOKIES = ['session', '_token'];
/** A response has room for so many; what is left beyond ends by itself, and no longer signs anybody in. */
const MAX_SERVICE_PATHS = 32;

/**
 * `GET` and `POST /.auth/logout`. GET only asks, so that no link or image signs anybody out; POST, from our own page,
 * clears the cookies and leads on to the platform's sign-out, if there is one.
 */
export function createSignOut(options: ControlOptions) {
  const { identify, audit, platform } = options;
  const logoutUrl =
    platform?.logoutUrl === undefined
      ? undefined
      : requireWebUrl('platform.login.logoutUrl', platform.logoutUrl);
  // Chromium holds the redirect that answers a form against form-action too (CSP3 6.4.1).
  const pageHeaders = safetyHeaders({ formTargets: logoutUrl === undefined ? [] : [logoutUrl.origin] });

  async function showSignOut({ request, context }: ControlCall): Promise<Answer> {
    const { requestId } = context;
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
    return createAnswer({
      status: 200,
      requestId,
      contentType: CONTENT_TYPES.html,
      body: renderPage({ heading: 'Sign out', content, requestId }),
      headers: pageHeaders,
    });
  }

  async function signOut(call: ControlCall): Promise<Answer> {
    const { request, context } = call;
    const { requestId, origin } = context;
    const verdict = checkOrigin(request, origin);
    const same = verdict.kind === 'same';
    const identity = await identify(request);
    const statusCode = same ? (logoutUrl === undefined ? 200 : 303) : 403;
    audit({
      kind: 'sign-out',
      outcome: same ? 'success' : 'failure',
      reason: same ? 'signed-out' : 'cross-site',
      principal: identity.kind === 'authenticated' ? identity.principal : undefined,
      requestId,
      method: request.method ?? '',
      path: `${authPathOf(context)}/logout`,
      statusCode,
      sourceIp: context.sourceIp,
    });
    if (verdict.kind === 'foreign') {
      const { detail } = verdict;
      return renderDenial({
        reason: 'cross-site',
        surface: 'html',
        requestId,
        detail,
        homePath: homePathOf(context),
      });
    }
    return createAnswer({
      status: statusCode,
      requestId,
      cookies: forgotten(options, origin.startsWith('https://')),
      ...(logoutUrl === undefined
        ? { contentType: CONTENT_TYPES.html, body: signedOutPage(call) }
        : { contentType: undefined, body: '', headers: { location: logoutUrl.href } }),
    });
  }

  return { showSignOut, signOut };
}

function forgotten({ cookieNames, servicePaths }: ControlOptions, secure: boolean): string[] {
  const own = [...cookieNames, LOGIN_MARKER].map((name) => clearCookie(name, '/', secure));
  const paths = new Set(['/', ...servicePaths().slice(0, MAX_SERVICE_PATHS)]);
  const airflow = [...paths].flatMap((path) =>
    AIRFLOW_COOKIES.map((name) => clearCookie(name, path, secure)),
  );
  return [...own, ...airflow];
}

function signedOutPage({ context }: ControlCall): string {
  const content = html`<p>Your browser no longer holds what signed you in here.</p>
<p><a class="button" href="${authPathOf(context)}/login">Sign in again</a></p>`;
  return renderPage({ heading: 'You are signed out', content, requestId: context.requestId });
}
