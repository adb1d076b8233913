import { levelOf } from '../../domain/role.js';
import { type Html, html } from '../answers/html.js';
import { roleWords } from '../answers/permission-words.js';
import type { HomeDeployment, HomeService, HomeWorkspace } from './model.js';

const SERVICE_NAMES = { airflow: 'Airflow', flower: 'Flower' } as const;

/** The first view: each Workspace with its Deployments and the ways into them. */
export function deploymentsView(workspaces: readonly HomeWorkspace[], nowMs: number): Html {
  if (workspaces.length === 0) {
    return html`<p>No Deployment is open to you yet. Ask an Admin of your Workspace to invite you.</p>`;
  }
  return html`${workspaces.map(
    ({ label, deployments }, index) => html`<section aria-labelledby="workspace-${index}">
<h2 id="workspace-${index}"><bdi>${label}</bdi></h2>
<ul class="cards">
${deployments.map((deployment) => cardOf(deployment, nowMs))}
</ul>
</section>
`,
  )}`;
}

function cardOf({ id, role, services }: HomeDeployment, nowMs: number): Html {
  return html`<li>
<h3><bdi>${id}</bdi></h3>
<span class="badge" title="${roleWords(role)}">${LEVEL_WORDS[levelOf(role)]}</span>
<ul class="services">${services.map((service) => serviceOf(service, id, nowMs))}</ul>
</li>
`;
}

const LEVEL_WORDS = { VIEWER: 'Viewer', EDITOR: 'Editor', ADMIN: 'Admin' } as const;

function serviceOf(service: HomeService, deployment: string, nowMs: number): Html {
  const { kind, version, url, open } = service;
  const name = SERVICE_NAMES[kind];
  const way = open
    ? html`<a class="button" href="${url}" aria-label="Open ${name} of ${deployment}">${name}</a>`
    : html`<span class="button off">${name}</span>`;
  const reason = open ? undefined : html`<span class="quiet">Your role does not open it.</span>`;
  return html`<li>${way} <span>${version}</span> ${stateOf(service, nowMs)} ${reason}</li>`;
}

function stateOf({ state }: HomeService, nowMs: number): Html {
  switch (state.kind) {
    case 'up':
      return html`<span class="up">answers, seen ${agoWords(nowMs - state.asOfMs)}</span>`;
    case 'down':
      return html`<span class="down">does not answer, tried ${agoWords(nowMs - state.asOfMs)}</span>`;
    case 'unknown':
      return html`<span class="unknown">not used lately</span>`;
    default:
      return state satisfies never;
  }
}

/** `just now`, `3 minutes ago`, `2 hours ago`. */
export function agoWords(elapsedMs: number): string {
  const minutes = Math.floor(elapsedMs / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} ${hours === 1 ? 'hour' : 'hours'} ago`;
  return `${Math.floor(hours / 24)} days ago`;
}
