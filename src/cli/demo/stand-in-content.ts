import type { StandInCaller } from './stand-in.js';

interface Resource {
  /** Below the base path. */
  readonly path: RegExp;
  /** Answered without an assertion, as Airflow 3 does. */
  readonly open: boolean;
  readonly body: object;
}

const RUN = '/api/v2/dags/stand_in_dag/dagRuns';

/** Paths of Airflow 3's API that the stand-in answers. */
export const STAND_IN_RESOURCES: readonly Resource[] = [
  { path: /^\/api\/v2\/version$/, open: true, body: { version: '3.3.2', git_version: 'stand-in' } },
  { path: /^\/api\/v2\/monitor\/health$/, open: true, body: { metadatabase: { status: 'healthy' } } },
  { path: /^\/api\/v2\/dags$/, open: false, body: { dags: [{ dag_id: 'stand_in_dag' }], total_entries: 1 } },
  {
    path: /^\/api\/v2\/dags\/[^/]+\/dagRuns$/,
    open: false,
    body: { dag_run_id: 'stand_in_run', state: 'queued' },
  },
  {
    path: /^\/api\/v2\/dags\/[^/]+\/dagRuns\/[^/]+\/taskInstances\/[^/]+\/logs\/\d+$/,
    open: false,
    body: { content: [{ event: 'a line of a task log' }], continuation_token: null },
  },
  { path: /^\/api\/v2\/variables$/, open: false, body: { variables: [], total_entries: 0 } },
  { path: /^\/api\/v2\/connections$/, open: false, body: { connections: [], total_entries: 0 } },
  { path: /^\/api\/v2\/pools$/, open: false, body: { pools: [], total_entries: 0 } },
  { path: /^\/api\/v2\/eventLogs$/, open: false, body: { event_logs: [], total_entries: 0 } },
  {
    path: /^\/ui\/auth\/menus$/,
    open: false,
    body: { authorized_menu_items: ['Dags', 'Variables', 'Connections', 'Pools'], extra_menu_items: [] },
  },
];

interface Page {
  readonly path: string;
  readonly title: string;
}

/** Pages of Airflow 3's UI that the stand-in has. */
export const STAND_IN_PAGES: readonly Page[] = [
  { path: '/', title: 'Home' },
  { path: '/dags', title: 'Dags' },
  { path: '/variables', title: 'Variables (Admin menu)' },
  { path: '/connections', title: 'Connections (Admin menu)' },
  { path: '/pools', title: 'Pools (Admin menu)' },
];

const LINKS: readonly { readonly path: string; readonly text: string }[] = [
  { path: '/api/v2/dags', text: 'list the DAGs' },
  { path: `${RUN}/stand_in_run/taskInstances/hello/logs/1`, text: 'read a task log' },
  { path: '/api/v2/eventLogs', text: 'read the audit log' },
  { path: '/api/v2/variables', text: 'list the Variables' },
];

export function standInPage(basePath: string, path: string, caller: StandInCaller): string {
  const title = STAND_IN_PAGES.find((page) => page.path === path)?.title ?? '';
  const pages = STAND_IN_PAGES.map((page) => link(`${basePath}${page.path}`, page.title));
  const links = LINKS.map((item) => link(`${basePath}${item.path}`, item.text));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title} - stand-in, not Airflow</title></head>
<body>
<p role="status"><strong>This is not Airflow.</strong> An embedded stand-in answers behind the gateway.</p>
<h1>${title}</h1>
<p>The gateway says you are <strong>${escapeHtml(caller.sub)}</strong>, with Airflow's role <strong>${escapeHtml(caller.role)}</strong>.</p>
<h2>Pages</h2><ul>${pages.join('')}</ul>
<h2>Try, and see what the gateway lets your role do</h2><ul>${links.join('')}</ul>
<form method="post" action="${escapeHtml(basePath)}${RUN}"><button>trigger a DAG</button></form>
</body>
</html>
`;
}

function link(href: string, text: string): string {
  return `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></li>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
