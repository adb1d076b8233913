import { type Html, html } from '../answers/html.js';
import { contactMarkup, renderPage } from '../answers/page.js';
import type { DevelopmentPerson } from './call.js';

interface SignInPageInput {
  readonly authPath: string;
  readonly requestId: string;
  /** Checked way back. */
  readonly returnTo: string;
}

export interface DevelopmentPageInput extends SignInPageInput {
  readonly people: readonly DevelopmentPerson[];
  readonly notice: string | undefined;
}

/** The development sign-in: a button a person, no password. */
export function developmentPage({
  authPath,
  requestId,
  returnTo,
  people,
  notice,
}: DevelopmentPageInput): string {
  const buttons = people.map(
    ({ id, name, email }) =>
      html`<li><button name="person" value="${id}"><strong>${name ?? id}</strong><span>${email ?? id}</span></button></li>`,
  );
  const content = html`${notice === undefined ? undefined : html`<p role="alert"><strong>${notice}</strong></p>`}
<p>This gateway runs with its development issuer: choose who you are, no password is asked.</p>
<form method="post" action="${authPath}/login">
<input type="hidden" name="rd" value="${returnTo}">
<ul>${buttons}</ul>
</form>`;
  return renderPage({ heading: 'Sign in', content, requestId });
}

export interface LoopPageInput extends SignInPageInput {
  readonly refused: boolean;
  readonly cookieName: string;
  readonly supportContact: string | undefined;
}

/** Instead of another trip to the platform's sign-in that would end here again. */
export function loopPage(input: LoopPageInput): string {
  const { authPath, requestId, returnTo, refused, cookieName, supportContact } = input;
  const why = refused
    ? html`<p>You came back from the sign-in page, but what it gave your browser is not valid here. Your account may be unknown to this gateway, the sign-in may be made for another service, or a clock may be wrong.</p>`
    : html`<p>You came back from the sign-in page, but your browser did not bring the cookie <code>${cookieName}</code>. It may be blocked, or set for another address than this one.</p>`;
  const content = html`${why}
<p>Sending you there again would lead in a circle. The operator finds the reason under the request below.</p>
${helpMarkup(supportContact)}
<p><a class="button" href="${authPath}/login?rd=${encodeURIComponent(returnTo)}&amp;again=1">Try again</a></p>
<p><a href="${authPath}/logout">Sign out first</a></p>`;
  return renderPage({ heading: 'Signing in does not work', content, requestId });
}

export interface NoLoginPageInput {
  readonly requestId: string;
  readonly cookieName: string;
  readonly supportContact: string | undefined;
}

/** Where no sign-in page is configured. */
export function noLoginPage({ requestId, cookieName, supportContact }: NoLoginPageInput): string {
  const content = html`<p>This gateway has no sign-in page of its own. Sign in at your platform, then open this address again: your browser has to bring the platform’s token in the cookie <code>${cookieName}</code>.</p>
<p>Programs send the token as <code>Authorization: Bearer</code>.</p>
${helpMarkup(supportContact)}`;
  return renderPage({ heading: 'Sign in', content, requestId });
}

function helpMarkup(supportContact: string | undefined): Html | undefined {
  if (supportContact === undefined) return undefined;
  return html`<p>Who can help: ${contactMarkup(supportContact)}</p>`;
}
