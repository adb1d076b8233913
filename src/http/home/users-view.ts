import { levelOf, levelRank } from '../../domain/role.js';
import { type Html, html } from '../answers/html.js';
import { roleWords } from '../answers/permission-words.js';
import type { HomeMember, HomeMembers, HomeWorkspace } from './model.js';

const KINDS = { user: '', group: 'Group', 'service-account': 'Service account' } as const;

/** Who has access to what the person sees, and with which role. */
export function usersView(
  workspaces: readonly HomeWorkspace[],
  membersOf: (workspace: HomeWorkspace) => HomeMembers,
): Html {
  return html`${workspaces.map((workspace, index) => {
    const { members, unlisted } = membersOf(workspace);
    return html`<section aria-labelledby="workspace-${index}">
<h2 id="workspace-${index}"><bdi>${workspace.label}</bdi></h2>
${members.length === 0 ? html`<p>Nobody is listed.</p>` : tableOf(members, workspace.label)}
${unlisted.length === 0 ? undefined : html`<p class="quiet">More people may have access: roles from ${unlisted.join(', ')} are known only when somebody comes.</p>`}
</section>
`;
  })}`;
}

function tableOf(members: readonly HomeMember[], label: string): Html {
  const sorted = [...members].sort(
    (a, b) => levelRank(levelOf(b.role)) - levelRank(levelOf(a.role)) || a.name.localeCompare(b.name),
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="People of ${label}"><table>
<caption>Who has access, highest role first</caption>
<thead><tr><th scope="col">Who</th><th scope="col">Role</th><th scope="col">Where</th></tr></thead>
<tbody>
${sorted.map(
  ({ kind, name, role, deployment }) =>
    html`<tr><th scope="row"><bdi>${name}</bdi>${KINDS[kind] === '' ? undefined : html` <span class="badge">${KINDS[kind]}</span>`}</th><td>${roleWords(role)}</td><td>${whereWords(role, deployment)}</td></tr>
`,
)}</tbody>
</table></div>`;
}

function whereWords(role: HomeMember['role'], deployment: string | undefined): Html {
  if (deployment !== undefined) return html`<bdi>${deployment}</bdi>`;
  return html`${role.startsWith('SYSTEM_') ? 'everywhere' : 'the whole Workspace'}`;
}
