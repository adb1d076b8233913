import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type RunningAirflow, startAirflow3 } from './fixtures/airflow3.js';
import { picture, profileOf, signedInAs, startChromium } from './fixtures/chromium.js';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import type { Person } from './fixtures/people.js';
import { type PlatformLogin, startPlatformLogin } from './fixtures/platform-login.js';
import { waitUntil } from './fixtures/ready.js';
import {
  ADMIN_ONLY,
  auditSettled,
  casesOf,
  EDITOR_UP,
  EVERYBODY,
  explain,
  live,
  NOBODY,
  type Situation,
} from './fixtures/situations.js';

const PLACE = {
  deployment: 'quasarian-sun-1234',
  service: 'airflow',
  path: '/quasarian-sun-1234/airflow',
} as const;
const SECRET = 'the secret Airflow and the gateway share'.padEnd(64, '.');
const START_TIMEOUT_MS = 10 * 60_000;
jest.setTimeout(4 * 60_000);

let airflow: RunningAirflow | undefined;
let gateway: RunningGateway;
let browser: Browser;
let login: PlatformLogin;
/** A finished run that Eve triggered. */
let run = '';

beforeAll(async () => {
  const site = await createGatewaySite();
  login = await startPlatformLogin(() => site.platform, 'vic');
  airflow = await startAirflow3({
    version: '3.3.2',
    publicUrl: site.publicUrl,
    basePath: PLACE.path,
    jwtSecret: SECRET,
    scheduler: true,
  });
  const identity = {
    profile: 'airflow3-hs512',
    secretFile: site.write('secret', SECRET),
    audience: 'apache-airflow',
  };
  const upstream = { version: '3.3', upstream: airflow.upstreamUrl, path: PLACE.path, identity };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [{ id: PLACE.deployment, workspace: 'data-team', airflow: upstream }],
    login: { url: login.url },
  });
  gateway = await startGateway(site);
  browser = await startChromium();
  run = await triggerAndWait('eve');
  await create('/variables', { key: 'fixture_variable', value: 'variable-secret' });
  await create('/connections', {
    connection_id: 'fixture_connection',
    conn_type: 'http',
    password: 'secret',
  });
}, START_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await airflow?.stop();
  await login?.stop();
}, 60_000);

const api = (path: string) => `${PLACE.path}/api/v2${path}`;
const logPath = () => `/dags/fixture_dag/dagRuns/${encodeURIComponent(run)}/taskInstances/hello/logs/1`;

async function triggerAndWait(person: Person): Promise<string> {
  const answer = await gateway.fetch(person, api('/dags/fixture_dag/dagRuns'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ logical_date: null }),
  });
  const { dag_run_id: id } = (await answer.json()) as { dag_run_id: string };
  await waitUntil('the run to succeed', 120_000, async () => (await stateOf(id)) === 'success');
  return id;
}

async function create(path: string, body: object): Promise<void> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await gateway.fetch('ada', api(path), init);
  if (answer.status !== 201)
    throw new Error(`${answer.status} for a new one of ${path}: ${await answer.text()}`);
}

async function stateOf(id: string): Promise<string> {
  const answer = await gateway.fetch('eve', api(`/dags/fixture_dag/dagRuns/${encodeURIComponent(id)}`));
  return ((await answer.json()) as { state: string }).state;
}

async function open(person: Person, path: string): Promise<Page> {
  const page = await (await profileOf(browser, gateway, person)).newPage();
  await page.goto(`${gateway.publicUrl}${PLACE.path}${path}`);
  return page;
}

const toasts = (page: Page) => page.locator('[data-scope="toast"][data-part="root"]');
const menuItems = (page: Page, menu: string) =>
  page
    .getByRole('button', { name: menu, exact: true })
    .click()
    .then(() => page.getByRole('menuitem').first().waitFor())
    .then(() => page.getByRole('menuitem').allInnerTexts());

describe('in the browser', () => {
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  it('shows a Viewer the home page and the DAGs, and no error', async () => {
    const page = await open('vic', '/');
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await toasts(page).count()).toBe(0);
    await page.goto(`${gateway.publicUrl}${PLACE.path}/dags`);
    await page.getByText('fixture_dag').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(await toasts(page).count()).toBe(0);
    expect(await page.getByText('paused_dag').count()).toBeGreaterThan(0);
  });

  it('shows a Viewer who opens a task log that access is denied', async () => {
    const page = await open('vic', `/dags/fixture_dag/runs/${encodeURIComponent(run)}/tasks/hello`);
    await page.getByText('Access is Denied').first().waitFor();
    expect(await page.getByText('hello from the fixture task').count()).toBe(0);
    await picture(page, 'airflow3-viewer-task-log-denied');
  });

  it('shows a Viewer who triggers a DAG that access is denied, and no run is made', async () => {
    const page = await open('vic', '/dags');
    const answer = page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().endsWith('/dagRuns'),
    );
    await trigger(page);
    expect((await answer).status()).toBe(403);
    await page.getByText('Access is Denied').first().waitFor();
  });

  it('lets an Editor trigger a DAG and read the log of its task', async () => {
    const page = await open('eve', '/dags');
    const answer = page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().endsWith('/dagRuns'),
    );
    await trigger(page);
    const { dag_run_id: id } = (await (await answer).json()) as { dag_run_id: string };
    await waitUntil('the run to succeed', 120_000, async () => (await stateOf(id)) === 'success');
    await page.goto(
      `${gateway.publicUrl}${PLACE.path}/dags/fixture_dag/runs/${encodeURIComponent(id)}/tasks/hello`,
    );
    await page.getByText('hello from the fixture task').first().waitFor();
    await picture(page, 'airflow3-editor-task-log');
  });

  it('shows an Editor no Admin menu, and no page of it', async () => {
    const page = await open('eve', '/');
    await page.getByRole('button', { name: 'Browse', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Admin', exact: true }).count()).toBe(0);
    expect(await menuItems(page, 'Browse')).not.toContain('XComs');
    const answer = await page.goto(`${gateway.publicUrl}${PLACE.path}/variables`);
    expect(answer?.status()).toBe(403);
    expect(await page.getByText('Access is Denied').count()).toBeGreaterThan(0);
  });

  it("opens every page of the Admin menu to an Admin, and Browse's XComs", async () => {
    const page = await open('ada', '/');
    expect(await menuItems(page, 'Admin')).toEqual(PAGES_OF_ADMIN.map(({ item }) => item).slice(0, -1));
    await page.keyboard.press('Escape');
    for (const { menu, item, path, shows } of PAGES_OF_ADMIN) {
      await page.getByRole('button', { name: menu, exact: true }).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
      await page.waitForURL(`**${PLACE.path}${path}*`);
      await page.getByText(shows).first().waitFor();
      expect(await toasts(page).count()).toBe(0);
      expect(await page.getByText(/Access is Denied|Forbidden/).count()).toBe(0);
      if (item === 'Variables') await picture(page, 'airflow3-admin-variables');
    }
  });

  it('brings a tab whose session ran out back to its page after sign-in', async () => {
    const page = await open('vic', '/dags');
    await page.getByText('fixture_dag').first().waitFor();
    await page.waitForLoadState('networkidle');
    const visits = login.visits();
    await signedInAs(page.context(), gateway, 'vic', { ttlSeconds: -60 });
    await page.getByText('fixture_dag').first().click();
    await waitUntil('sign-in', 30_000, async () => login.visits() > visits);
    await page.waitForURL(new RegExp(`${PLACE.path}/dags/fixture_dag`));
    await page.waitForLoadState('networkidle');
    expect(login.visits()).toBe(visits + 1);
    expect(await toasts(page).count()).toBe(0);
  });
});

/** The Admin menu of 3.3.2 in its order, then XComs; each with something that only its own data can show. */
const PAGES_OF_ADMIN = [
  { menu: 'Admin', item: 'Variables', path: '/variables', shows: 'fixture_variable' },
  { menu: 'Admin', item: 'Pools', path: '/pools', shows: 'default_pool' },
  { menu: 'Admin', item: 'Providers', path: '/providers', shows: 'apache-airflow-providers-standard' },
  { menu: 'Admin', item: 'Plugins', path: '/plugins', shows: 'No Plugins found' },
  { menu: 'Admin', item: 'Connections', path: '/connections', shows: 'fixture_connection' },
  { menu: 'Admin', item: 'Config', path: '/configs', shows: 'sasl_enabled' },
  { menu: 'Browse', item: 'XComs', path: '/xcoms', shows: 'return_value' },
] as const;

async function trigger(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Trigger Dag' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Trigger', exact: true }).click();
}

const SITUATIONS: readonly Situation[] = [
  { name: 'open the home page', method: 'GET', path: '/', allowed: EVERYBODY },
  { name: 'list the DAGs', method: 'GET', path: '/api/v2/dags', allowed: EVERYBODY },
  {
    name: 'read a task log',
    method: 'GET',
    path: '/api/v2/dags/fixture_dag/dagRuns/RUN/taskInstances/hello/logs/1',
    allowed: EDITOR_UP,
  },
  {
    name: 'trigger a DAG',
    method: 'POST',
    path: '/api/v2/dags/paused_dag/dagRuns',
    allowed: EDITOR_UP,
    body: { logical_date: null },
  },
  {
    name: 'pause a DAG',
    method: 'PATCH',
    path: '/api/v2/dags/paused_dag',
    allowed: EDITOR_UP,
    body: { is_paused: true },
  },
  {
    name: 'ask for runs by POST',
    method: 'POST',
    path: '/api/v2/dags/~/dagRuns/list',
    allowed: EVERYBODY,
    body: {},
  },
  {
    name: 'wait for a run with its XComs',
    method: 'GET',
    path: '/api/v2/dags/fixture_dag/dagRuns/RUN/wait?interval=1&result=hello',
    allowed: ADMIN_ONLY,
  },
  { name: 'open the page of Variables', method: 'GET', path: '/variables', allowed: ADMIN_ONLY },
  { name: 'list the Variables', method: 'GET', path: '/api/v2/variables', allowed: ADMIN_ONLY },
  {
    name: 'change connections in bulk',
    method: 'PATCH',
    path: '/api/v2/connections',
    allowed: ADMIN_ONLY,
    body: { actions: [] },
  },
  { name: 'list the connections', method: 'GET', path: '/api/v2/connections', allowed: ADMIN_ONLY },
  { name: 'list the pools', method: 'GET', path: '/api/v2/pools', allowed: ADMIN_ONLY },
  { name: 'list the providers', method: 'GET', path: '/api/v2/providers', allowed: ADMIN_ONLY },
  { name: 'read the configuration', method: 'GET', path: '/api/v2/config', allowed: ADMIN_ONLY },
  {
    name: 'read XComs',
    method: 'GET',
    path: '/api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries',
    allowed: ADMIN_ONLY,
  },
  { name: 'read the audit log', method: 'GET', path: '/api/v2/eventLogs', allowed: EDITOR_UP },
  { name: "get a token of Airflow's own", method: 'POST', path: '/ui/auth/token', allowed: NOBODY, body: {} },
  { name: 'call the Execution API', method: 'GET', path: '/execution/variables/x', allowed: NOBODY },
  { name: 'call what nobody knows', method: 'GET', path: '/api/v2/nothing-like-it', allowed: NOBODY },
];

describe('by API', () => {
  beforeAll(() => auditSettled(gateway));

  it.each(casesOf(SITUATIONS))('$name, and `explain` agrees', async ({ person, verdict, situation }) => {
    const actual = { ...situation, path: situation.path.replace('RUN', encodeURIComponent(run)) };
    const { status, body, headers, ...lived } = await live(gateway, PLACE, person, actual);
    expect(lived.decision).toBe(verdict);
    expect(await explain(gateway, PLACE, person, actual)).toEqual(lived);
    if (verdict === 'deny') {
      expect(status).toBe(403);
      expect(body).toContain('Access is Denied');
      expect(headers.get('x-auth-proxy-reason')).toBe(lived.reason);
    } else {
      expect([200, 201]).toContain(status);
    }
  });

  it('hands the lines of a task log on', async () => {
    const answer = await gateway.fetch('eve', api(logPath()));
    expect(await answer.text()).toContain('hello from the fixture task');
  });

  it("writes the right person into Airflow's own event log", async () => {
    const answer = await gateway.fetch('ada', api('/eventLogs?event=trigger_dag_run&dag_id=fixture_dag'));
    const { event_logs: events } = (await answer.json()) as { event_logs: { owner: string }[] };
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ owner }) => owner))).toEqual(new Set(['eve']));
  });

  it('tells an outsider the same of a Deployment as of one that does not exist', async () => {
    const known = await gateway.fetch('otto', `${PLACE.path}/api/v2/dags`);
    const unknown = await gateway.fetch('otto', '/never-heard-of/airflow/api/v2/dags');
    expect(known.status).toBe(403);
    expect(unknown.status).toBe(403);
    expect(await known.text()).toBe(await unknown.text());
  });

  it('gives no credential of ours or of the platform to anybody downstream', async () => {
    const answer = await gateway.fetch('ada', api('/dags'));
    expect(answer.headers.get('set-cookie')).toBeNull();
  });
});
