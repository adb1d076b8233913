import { holds } from '../../domain/permission.js';
import { type Html, html } from '../answers/html.js';
import { PERMISSION_WORDS, roleWords } from '../answers/permission-words.js';
import type { HomeDeployment, HomeWorkspace } from './model.js';

/** What the person may do at one Deployment, and what not; the others are a link away. */
export function permissionsView(workspaces: readonly HomeWorkspace[], wanted: string | null): Html {
  const deployments = workspaces.flatMap((workspace) => workspace.deployments);
  const shown = deployments.find(({ id }) => id === wanted) ?? deployments[0];
  if (shown === undefined) return html`<p>No Deployment is open to you yet.</p>`;
  const links = deployments.map(({ id }) => {
    const current = id === shown.id ? html` aria-current="true"` : undefined;
    return html`<li><a href="/?view=permissions&amp;deployment=${encodeURIComponent(id)}"${current}><bdi>${id}</bdi></a></li>`;
  });
  return html`${deployments.length < 2 ? undefined : html`<nav aria-label="Deployments"><ul class="tabs">${links}</ul></nav>`}
<h2><bdi>${shown.id}</bdi></h2>
<p>Your role: <strong>${roleWords(shown.role)}</strong>.</p>
${listOf('You may', shown, true)}
${listOf('You may not', shown, false)}`;
}

function listOf(heading: string, { held, asked }: HomeDeployment, wanted: boolean): Html {
  const words = asked
    .filter((permission) => holds(held, permission) === wanted)
    .map((permission) => PERMISSION_WORDS[permission]);
  if (words.length === 0) return html``;
  return html`<h3>${heading}</h3>
<ul class="columns">${words.map((text) => html`<li>${text}</li>`)}</ul>`;
}
