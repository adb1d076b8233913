import type { Authenticated, Identity } from '../../domain/identity.js';
import type { Principal } from '../../domain/principal.js';
import { type Answer, CONTENT_TYPES, createAnswer } from '../answers/answer.js';
import type { Brand } from '../answers/brand.js';
import { renderDenial } from '../answers/deny.js';
import { type Html, html } from '../answers/html.js';
import type { Surface } from '../answers/negotiate.js';
import { contactMarkup, renderPage } from '../answers/page.js';
import { redirectToSignIn } from '../answers/sign-in-redirect.js';
import { denialsView } from './denials-view.js';
import { deploymentsView } from './deployments-view.js';
import type { HomeMembers, HomeWorkspace, RecentDenial } from './model.js';
import { permissionsView } from './permissions-view.js';
import { usersView } from './users-view.js';

export interface HomeOptions {
  /** Undefined: some role source did not answer, and an incomplete list would mislead. */
  readonly workspacesOf: (caller: Authenticated) => Promise<readonly HomeWorkspace[] | undefined>;
  /** Those who reach the Workspace as far as it is given, which is as far as the caller sees it. */
  readonly membersOf: (workspace: HomeWorkspace) => HomeMembers;
  readonly denialsOf: (principal: Principal) => readonly RecentDenial[];
  readonly supportContact: string | undefined;
  readonly brand?: Brand | undefined;
  /** Wall clock, epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export interface HomeCall {
  readonly identity: Identity;
  readonly surface: Surface;
  readonly requestId: string;
  readonly query: URLSearchParams;
}

const VIEWS = ['deployments', 'users', 'permissions', 'denials'] as const;
type View = (typeof VIEWS)[number];

const TAB_WORDS = {
  deployments: 'Deployments',
  users: 'Users',
  permissions: 'What may I do?',
  denials: 'What was denied to me',
} as const satisfies Record<View, string>;

/** The front page: the Workspaces a person has a role in, with the ways into them. Others are sent to sign in. */
export function createHome(options: HomeOptions) {
  const { workspacesOf, membersOf, denialsOf, supportContact, brand, now = Date.now } = options;

  return async function showHome({ identity, surface, requestId, query }: HomeCall): Promise<Answer> {
    switch (identity.kind) {
      case 'authenticated':
        break;
      case 'anonymous':
      case 'rejected': {
        const reason = identity.kind === 'anonymous' ? 'no-credential' : 'bad-credential';
        if (surface === 'html') return redirectToSignIn({ reason, requestId, returnTo: '/' });
        return renderDenial({ reason, surface, requestId });
      }
      case 'ambiguous':
        return renderDenial({
          reason: 'ambiguous-credential',
          surface,
          requestId,
          detail: identity.detail,
          brand,
        });
      case 'unverifiable':
        return renderDenial({ reason: 'identity-unavailable', surface, requestId, supportContact, brand });
      default:
        return identity satisfies never;
    }
    const workspaces = await workspacesOf(identity);
    if (workspaces === undefined)
      return renderDenial({ reason: 'role-unavailable', surface, requestId, supportContact, brand });
    const view = VIEWS.find((name) => name === query.get('view')) ?? 'deployments';
    const { name, id } = identity.principal;
    const content = html`${tabs(view)}
${viewOf(view, workspaces, query, identity.principal)}
${supportContact === undefined ? undefined : html`<p class="quiet">Who can help: ${contactMarkup(supportContact)}</p>`}`;
    const body = renderPage({
      heading: 'Your Workspaces',
      content,
      requestId: undefined,
      brand: brand ?? PLAIN_BRAND,
      layout: 'wide',
      person: html`<span>Signed in as <strong><bdi>${name ?? id}</bdi></strong> · <a href="/.auth/logout">Sign out</a></span>`,
    });
    return createAnswer({ status: 200, requestId, contentType: CONTENT_TYPES.html, body });
  };

  function viewOf(
    view: View,
    workspaces: readonly HomeWorkspace[],
    query: URLSearchParams,
    principal: Principal,
  ): Html {
    switch (view) {
      case 'deployments':
        return deploymentsView(workspaces, now());
      case 'users':
        return usersView(workspaces, membersOf);
      case 'permissions':
        return permissionsView(workspaces, query.get('deployment'));
      case 'denials':
        return denialsView(denialsOf(principal));
      default:
        return view satisfies never;
    }
  }
}

const PLAIN_BRAND: Brand = { name: 'Airflow', logo: undefined };

function tabs(current: View): Html {
  const items = VIEWS.map((view) => {
    const mark = view === current ? html` aria-current="page"` : undefined;
    return html`<li><a href="${view === 'deployments' ? '/' : `/?view=${view}`}"${mark}>${TAB_WORDS[view]}</a></li>`;
  });
  return html`<nav aria-label="Views"><ul class="tabs">${items}</ul></nav>`;
}
