import { DENIAL_WORDS } from '../answers/denial-words.js';
import { type Html, html } from '../answers/html.js';
import { PERMISSION_WORDS } from '../answers/permission-words.js';
import type { RecentDenial } from './model.js';

/** The person's own requests that were denied lately. */
export function denialsView(denials: readonly RecentDenial[]): Html {
  if (denials.length === 0) return html`<p>Nothing you asked for was denied lately.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Denied requests"><table>
<caption>The latest first. Only what this gateway saw since it started; the audit record has everything.</caption>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">Where</th><th scope="col">What</th><th scope="col">Why</th></tr></thead>
<tbody>
${denials.map(rowOf)}</tbody>
</table></div>`;
}

function rowOf({ atMs, deployment, service, method, path, reason, permission }: RecentDenial): Html {
  const at = new Date(atMs).toISOString();
  const why =
    permission === undefined
      ? html`${DENIAL_WORDS[reason].detail}`
      : html`needed: to ${PERMISSION_WORDS[permission]}`;
  return html`<tr><td><time datetime="${at}">${at.slice(0, 19).replace('T', ' ')}</time></td><td><bdi>${deployment}</bdi>, ${service}</td><td><code>${method} ${path}</code></td><td>${why}</td></tr>
`;
}
