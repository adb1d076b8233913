import type { Brand } from '../answers/brand.js';
import { type Html, html } from '../answers/html.js';
import { contactMarkup, renderPage } from '../answers/page.js';
import type { DevelopmentPerson } from './call.js';

interface SignInPageInput {
  readonly authPath: string;
  readonly requestId: string;
  /** Checked way back. */
  readonly returnTo: string;
  readonly brand?: Brand | undefined;
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
  brand,
}: DevelopmentPageInput): string {
  const buttons = people.map(
    ({ id, name, email }) =>
      html`<li><button name="person" value="${id}"><strong>${name ?? id}</strong><span>${email ?? id}</span></button></li>`,
  );
  const content = html`${noticeMarkup(notice)}
<p>This gateway runs with its development issuer: choose who you are, no password is asked.</p>
<form method="post" action="${authPath}/login">
<input type="hidden" name="rd" value="${returnTo}">
<ul class="list">${buttons}</ul>
</form>`;
  return renderPage({ heading: 'Sign in', content, requestId, brand });
}

export interface ChoicePageInput extends SignInPageInput {
  readonly choices: readonly { readonly label: string; readonly query: string }[];
  readonly notice: string | undefined;
}

/** Several ways in: a link each. */
export function choicePage({
  authPath,
  requestId,
  returnTo,
  choices,
  notice,
  brand,
}: ChoicePageInput): string {
  const back = encodeURIComponent(returnTo);
  const links = choices.map(
    ({ label, query }) =>
      html`<li><a class="button choice" href="${`${authPath}/login?rd=${back}&${query}`}">Sign in with <strong>${label}</strong></a></li>`,
  );
  const content = html`${noticeMarkup(notice)}
<ul>${links}</ul>`;
  return renderPage({ heading: 'Sign in', content, requestId, brand });
}

const CALLBACK_FAILURES = {
  'not-begun': {
    heading: 'Start the sign-in again',
    words:
      'This sign-in was not begun in this browser, or it took too long. Nobody was signed in. If you came here by a link from somebody else, do not go on with it.',
  },
  refused: {
    heading: 'You were not signed in',
    words: 'The sign-in page says no, or what it said could not be believed.',
  },
  person: {
    heading: 'You were not signed in',
    words: 'The sign-in page knows you, but what it says of you does not do here.',
  },
  unavailable: {
    heading: 'Sign-in does not answer',
    words: 'The service that signs people in does not answer as it should. Try again in a moment.',
  },
} as const satisfies Record<string, { readonly heading: string; readonly words: string }>;
export type CallbackFailure = keyof typeof CALLBACK_FAILURES;

export interface CallbackFailureInput extends SignInPageInput {
  readonly failure: CallbackFailure;
  /** Ours, and without anything of the address. */
  readonly detail: string | undefined;
  readonly supportContact: string | undefined;
}

/** A sign-in that came back from a provider and did not end well. */
export function callbackFailurePage(input: CallbackFailureInput): string {
  const { authPath, requestId, returnTo, failure, detail, supportContact, brand } = input;
  const { heading, words } = CALLBACK_FAILURES[failure];
  const content = html`<p>${words}</p>
${detail === undefined ? undefined : html`<p>The reason: ${detail}.</p>`}
${helpMarkup(supportContact)}
<p><a class="button" href="${authPath}/login?rd=${encodeURIComponent(returnTo)}&amp;again=1">Try again</a></p>`;
  return renderPage({ heading, content, requestId, brand });
}

export interface LoopPageInput extends SignInPageInput {
  readonly refused: boolean;
  /** Query that names the way in. */
  readonly choice: string;
  readonly cookieName: string;
  readonly supportContact: string | undefined;
}

/** Instead of another trip to the platform's sign-in that would end here again. */
export function loopPage(input: LoopPageInput): string {
  const { authPath, requestId, returnTo, refused, choice, cookieName, supportContact, brand } = input;
  const why = refused
    ? html`<p>You came back from the sign-in page, but what it gave your browser is not valid here. Your account may be unknown to this gateway, the sign-in may be made for another service, or a clock may be wrong.</p>`
    : html`<p>You came back from the sign-in page, but your browser did not bring the cookie <code>${cookieName}</code>. It may be blocked, or set for another address than this one.</p>`;
  const content = html`${why}
<p>Sending you there again would lead in a circle. The operator finds the reason under the request below.</p>
${helpMarkup(supportContact)}
<p><a class="button" href="${authPath}/login?rd=${encodeURIComponent(returnTo)}&amp;${choice}&amp;again=1">Try again</a></p>
<p><a href="${authPath}/logout">Sign out first</a></p>`;
  return renderPage({ heading: 'Signing in does not work', content, requestId, brand });
}

export interface NoLoginPageInput {
  readonly requestId: string;
  readonly cookieName: string;
  readonly supportContact: string | undefined;
  readonly brand?: Brand | undefined;
}

/** Where no sign-in page is configured. */
export function noLoginPage({ requestId, cookieName, supportContact, brand }: NoLoginPageInput): string {
  const content = html`<p>This gateway has no sign-in page of its own. Sign in at your platform, then open this address again: your browser has to bring the platform’s token in the cookie <code>${cookieName}</code>.</p>
<p>Programs send the token as <code>Authorization: Bearer</code>.</p>
${helpMarkup(supportContact)}`;
  return renderPage({ heading: 'Sign in', content, requestId, brand });
}

function noticeMarkup(notice: string | undefined): Html | undefined {
  return notice === undefined ? undefined : html`<p role="alert"><strong>${notice}</strong></p>`;
}

function helpMarkup(supportContact: string | undefined): Html | undefined {
  if (supportContact === undefined) return undefined;
  return html`<p>Who can help: ${contactMarkup(supportContact)}</p>`;
}
