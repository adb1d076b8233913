import type { Authenticated, Identity } from '../../domain/identity.js';
import type { Role } from '../../domain/role.js';
import { type Answer, CONTENT_TYPES, createAnswer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import { type Html, html } from '../answers/html.js';
import type { Surface } from '../answers/negotiate.js';
import { renderPage } from '../answers/page.js';
import { redirectToSignIn } from '../answers/sign-in-redirect.js';

/** A Deployment as the front page lists it. */
export interface HomeDeployment {
  readonly id: string;
  readonly workspaceLabel: string;
  readonly role: Role;
  readonly airflowPath: string | undefined;
  readonly flowerPath: string | undefined;
}

export interface HomeOptions {
  /** Undefined: some role source did not answer, and an incomplete list would mislead. */
  readonly deploymentsOf: (caller: Authenticated) => Promise<readonly HomeDeployment[] | undefined>;
  readonly supportContact: string | undefined;
}

/** The front page: the Deployments a person holds a role in, with the ways into them. Others are sent to sign in. */
export function createHome({ deploymentsOf, supportContact }: HomeOptions) {
  return async function showHome(identity: Identity, surface: Surface, requestId: string): Promise<Answer> {
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
        return renderDenial({ reason: 'ambiguous-credential', surface, requestId, detail: identity.detail });
      case 'unverifiable':
        return renderDenial({ reason: 'identity-unavailable', surface, requestId, supportContact });
      default:
        return identity satisfies never;
    }
    const deployments = await deploymentsOf(identity);
    if (deployments === undefined)
      return renderDenial({ reason: 'role-unavailable', surface, requestId, supportContact });
    const { name, id } = identity.principal;
    const content = html`<p>You are signed in as <strong><bdi>${name ?? id}</bdi></strong>. <a href="/.auth/logout">Sign out</a></p>
${deployments.length === 0 ? html`<p>No Deployment is open to you yet. Ask an Admin of your Workspace to invite you.</p>` : listOf(deployments)}`;
    const body = renderPage({ heading: 'Your Deployments', content, requestId: undefined });
    return createAnswer({ status: 200, requestId, contentType: CONTENT_TYPES.html, body });
  };
}

function listOf(deployments: readonly HomeDeployment[]): Html {
  return html`<ul>
${deployments.map(
  ({
    id,
    workspaceLabel,
    role,
    airflowPath,
    flowerPath,
  }) => html`<li><strong>${id}</strong>, ${workspaceLabel}, ${role}:
${airflowPath === undefined ? undefined : html`<a href="${airflowPath}">Airflow</a>`}
${flowerPath === undefined ? undefined : html`<a href="${flowerPath}">Flower</a>`}</li>`,
)}
</ul>`;
}
