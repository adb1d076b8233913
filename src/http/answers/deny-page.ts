import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import { levelOf } from '../../domain/role.js';
import type { DenialWords } from './denial-words.js';
import type { DenialInput } from './deny.js';
import { type Html, html } from './html.js';
import { contactMarkup, renderPage } from './page.js';
import { PERMISSION_WORDS, roleWords } from './permission-words.js';

/** Denials that another role could lift; with the others the permission was held, or does not matter. */
const ABOUT_PERMISSION: ReadonlySet<DenyReason> = new Set(['insufficient-permission', 'upstream-denied']);

/** The page a person gets for a denial. `shown` holds only what this caller may know. */
export function renderDenialPage(shown: DenialInput, words: DenialWords): string {
  const facts = factsOf(shown);
  const content = html`<p>${words.advice}</p>
${shown.detail === undefined ? undefined : html`<p>${sentence(shown.detail)}</p>`}
${facts.length === 0 ? undefined : html`<dl>${facts}</dl>`}
<p>${linksOf(shown)}</p>`;
  return renderPage({
    heading: words.title,
    content,
    brand: shown.brand,
    // The page of somebody without a role is the same bytes everywhere; the id is in the header.
    requestId: shown.reason === 'no-role' ? undefined : shown.requestId,
  });
}

function factsOf(shown: DenialInput): Html[] {
  const { permission, role, workspaceLabel, supportContact } = shown;
  const facts: Html[] = [];
  if (permission !== undefined && ABOUT_PERMISSION.has(shown.reason)) {
    facts.push(
      fact('What was needed', html`to ${PERMISSION_WORDS[permission]}<br><code>${permission}</code>`),
    );
  }
  if (role !== undefined) facts.push(fact('Your role', html`${roleWords(role)}`));
  const grantable =
    shown.reason === 'insufficient-permission' && (role === undefined || levelOf(role) !== 'ADMIN');
  if (grantable && workspaceLabel !== undefined) {
    facts.push(fact('Who can grant it', html`an Admin of <bdi>${workspaceLabel}</bdi>`));
  }
  if (supportContact !== undefined) facts.push(fact('Who can help', contactMarkup(supportContact)));
  return facts;
}

function fact(term: string, description: Html): Html {
  return html`<div><dt>${term}</dt><dd>${description}</dd></div>`;
}

function linksOf({ reason, authPath = '/.auth', homePath = '/' }: DenialInput): Html {
  if (DENIAL_STATUS[reason] === 401) return html`<a class="button" href="${authPath}/login">Sign in</a>`;
  if (reason === 'no-role') return html`<a href="${authPath}/logout">Sign in as somebody else</a>`;
  if (reason === 'ambiguous-credential')
    return html`<a class="button" href="${authPath}/logout">Sign out</a>`;
  return html`<a class="button" href="${homePath}">Back to the start page</a>`;
}

function sentence(detail: string): string {
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
}
