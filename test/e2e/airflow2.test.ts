import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page, Response as PageResponse } from 'playwright-core';
import { SEEDED, startAirflow2 } from './fixtures/airflow2.js';
import type { RunningAirflow } from './fixtures/airflow3.js';
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
  deployment: 'lunar-tide-4321',
  service: 'airflow',
  path: '/lunar-tide-4321/airflow',
} as const;
const START_TIMEOUT_MS = 10 * 60_000;
jest.setTimeout(4 * 60_000);

let airflow: RunningAirflow | undefined;
let gateway: RunningGateway;
let browser: Browser;
let login: PlatformLogin;

beforeAll(async () => {
  const site = await createGatewaySite();
  login = await startPlatformLogin(() => site.platform, 'vic');
  airflow = await startAirflow2({
    version: '2.11.2',
    publicUrl: site.publicUrl,
    basePath: PLACE.path,
    // Fetched when first needed, so it need not answer yet.
    jwks: `${site.publicUrl}/.auth/jwks.json`,
    audience: PLACE.deployment,
    scheduler: true,
  });
  const upstream = {
    version: '2.11',
    upstream: airflow.upstreamUrl,
    path: PLACE.path,
    identity: { profile: 'airflow2' },
  };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [{ id: PLACE.deployment, workspace: 'data-team', airflow: upstream }],
    login: { url: login.url },
  });
  gateway = await startGateway(site);
  browser = await startChromium();
}, START_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await airflow?.stop();
  await login?.stop();
}, 60_000);

const LOG_QUERY = new URLSearchParams({
  dag_id: SEEDED.dag,
  task_id: SEEDED.task,
  execution_date: SEEDED.logicalDate,
}).toString();

async function open(
  person: Person,
  path: string,
  onResponse: (response: PageResponse) => void = () => undefined,
): Promise<Page> {
  const page = await (await profileOf(browser, gateway, person)).newPage();
  page.on('response', onResponse);
  await page.goto(`${gateway.publicUrl}${PLACE.path}${path}`);
  return page;
}

const triggerButton = (page: Page) => page.locator(`a[href*="/dags/${SEEDED.dag}/trigger"]`).first();

async function latestRun(): Promise<{ dag_run_id: string; state: string; run_type: string } | undefined> {
  const answer = await gateway.fetch(
    'ada',
    `${PLACE.path}/api/v1/dags/${SEEDED.dag}/dagRuns?order_by=-execution_date&limit=1`,
  );
  const { dag_runs: runs } = (await answer.json()) as {
    dag_runs: { dag_run_id: string; state: string; run_type: string }[];
  };
  return runs[0];
}

describe('in the browser', () => {
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  it('shows a Viewer the home page with its DAGs and numbers, and no request of it fails', async () => {
    const failed: string[] = [];
    const page = await open('vic', '/home', (response) => {
      if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
    });
    await page.getByText(SEEDED.dag).first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(failed).toEqual([]);
    expect(await page.getByText('paused_dag').count()).toBeGreaterThan(0);
  });

  it('shows a Viewer who opens a task log a page that says why not', async () => {
    const page = await open('vic', `/log?${LOG_QUERY}`);
    await page.getByText('Access is Denied').first().waitFor();
    expect(await page.getByText('Data team').count()).toBeGreaterThan(0);
    await picture(page, 'airflow2-viewer-task-log-denied');
  });

  it('shows a Viewer who triggers a DAG that access is denied, and no run is made', async () => {
    const before = await latestRun();
    const page = await open('vic', '/home');
    await page.getByText(SEEDED.dag).first().waitFor();
    await page.goto(`${gateway.publicUrl}${PLACE.path}/dags/${SEEDED.dag}/trigger`);
    await page.getByText('Access is Denied').first().waitFor();
    expect(await latestRun()).toEqual(before);
  });

  it('lets an Editor trigger a DAG, with the CSRF token of the page, and read the log of its task', async () => {
    const page = await open('eve', '/home');
    await triggerButton(page).click();
    await waitUntil('the run to succeed', 180_000, async () => {
      const run = await latestRun();
      return run?.run_type === 'manual' && run.dag_run_id !== SEEDED.run && run.state === 'success';
    });
    const run = await latestRun();
    const query = new URLSearchParams({
      dag_run_id: run?.dag_run_id ?? '',
      task_id: SEEDED.task,
      tab: 'logs',
    });
    await page.goto(`${gateway.publicUrl}${PLACE.path}/dags/${SEEDED.dag}/grid?${query}`);
    await page.getByText(SEEDED.logLine).first().waitFor();
    await picture(page, 'airflow2-editor-task-log');
  });

  it('shows an Editor no Admin menu, and no page of it', async () => {
    const page = await open('eve', '/home');
    await page.getByText(SEEDED.dag).first().waitFor();
    expect(await page.locator('.navbar').getByText('Admin', { exact: true }).count()).toBe(0);
    const answer = await page.goto(`${gateway.publicUrl}${PLACE.path}/variable/list/`);
    expect(answer?.status()).toBe(403);
    expect(await page.getByText('Access is Denied').count()).toBeGreaterThan(0);
  });

  it('opens every page of the Admin menu to an Admin', async () => {
    const page = await open('ada', '/home');
    const links = page.locator('.navbar li:has(> a:text("Admin")) ul a');
    const hrefs = await links.evaluateAll((anchors) =>
      anchors.map((anchor) => anchor.getAttribute('href') ?? ''),
    );
    expect(hrefs.length).toBeGreaterThanOrEqual(7);
    for (const href of hrefs) {
      const answer = await page.goto(new URL(href, gateway.publicUrl).href);
      expect({ href, status: answer?.status(), at: new URL(page.url()).pathname }).toEqual({
        href,
        status: 200,
        at: new URL(href, gateway.publicUrl).pathname,
      });
      if (href.includes('/variable/')) await picture(page, 'airflow2-admin-variables');
    }
  });

  it('brings a tab whose session ran out back to its page after sign-in', async () => {
    const page = await open('vic', '/home');
    await page.waitForLoadState('networkidle');
    const visits = login.visits();
    await signedInAs(page.context(), gateway, 'vic', { ttlSeconds: -60 });
    await page.locator(`a[href*="/dags/${SEEDED.dag}/grid"]`).first().click();
    await page.waitForURL(new RegExp(`${PLACE.path}/dags/${SEEDED.dag}/grid`));
    expect(login.visits()).toBe(visits + 1);
  });
});

const SITUATIONS: readonly Situation[] = [
  { name: 'open the home page', method: 'GET', path: '/home', allowed: EVERYBODY },
  { name: 'open a task log', method: 'GET', path: `/log?${LOG_QUERY}`, allowed: EDITOR_UP },
  {
    name: 'fetch a task log as the page does',
    method: 'GET',
    path: `/get_logs_with_metadata?${LOG_QUERY}&try_number=1&metadata=null`,
    allowed: EDITOR_UP,
  },
  {
    name: 'read a task log by API',
    method: 'GET',
    path: '/api/v1/dags/fixture_dag/dagRuns/seeded/taskInstances/hello/logs/1',
    allowed: EDITOR_UP,
  },
  {
    name: 'open the form that triggers',
    method: 'GET',
    path: '/dags/paused_dag/trigger',
    allowed: EDITOR_UP,
  },
  {
    name: 'trigger by API',
    method: 'POST',
    path: '/api/v1/dags/paused_dag/dagRuns',
    allowed: EDITOR_UP,
    body: {},
  },
  { name: 'list the DAGs by API', method: 'GET', path: '/api/v1/dags', allowed: EVERYBODY },
  {
    name: 'ask for runs by POST',
    method: 'POST',
    path: '/api/v1/dags/~/dagRuns/list',
    allowed: EVERYBODY,
    body: {},
  },
  { name: 'open the list of Variables', method: 'GET', path: '/variable/list/', allowed: ADMIN_ONLY },
  { name: 'list the Variables by API', method: 'GET', path: '/api/v1/variables', allowed: ADMIN_ONLY },
  { name: 'open the list of connections', method: 'GET', path: '/connection/list/', allowed: ADMIN_ONLY },
  { name: 'open the list of pools', method: 'GET', path: '/pool/list/', allowed: ADMIN_ONLY },
  { name: 'open the list of XComs', method: 'GET', path: '/xcom/list/', allowed: ADMIN_ONLY },
  {
    name: 'read an XCom by API',
    method: 'GET',
    path: '/api/v1/dags/fixture_dag/dagRuns/seeded/taskInstances/hello/xcomEntries/return_value',
    allowed: ADMIN_ONLY,
  },
  { name: 'open the configuration', method: 'GET', path: '/configuration', allowed: ADMIN_ONLY },
  { name: 'open the audit log', method: 'GET', path: '/log/list/', allowed: ADMIN_ONLY },
  { name: 'open the task reschedules', method: 'GET', path: '/taskreschedule/list/', allowed: ADMIN_ONLY },
  { name: 'open the list of users', method: 'GET', path: '/users/list/', allowed: ADMIN_ONLY },
  { name: 'call what nobody knows', method: 'GET', path: '/nothing-like-it', allowed: NOBODY },
];

describe('by API', () => {
  beforeAll(() => auditSettled(gateway));

  it.each(casesOf(SITUATIONS))('$name, and `explain` agrees', async ({ person, verdict, situation }) => {
    const { status, body, headers, ...lived } = await live(gateway, PLACE, person, situation);
    expect(lived.decision).toBe(verdict);
    expect(await explain(gateway, PLACE, person, situation)).toEqual(lived);
    if (verdict === 'deny') {
      expect(status).toBe(403);
      expect(body).toContain('Access is Denied');
      expect(headers.get('x-auth-proxy-reason')).toBe(lived.reason);
    } else {
      expect(status).toBe(200);
    }
  });

  it("writes the right person into Airflow's own event log", async () => {
    const answer = await gateway.fetch(
      'ada',
      `${PLACE.path}/api/v1/eventLogs?event=trigger&dag_id=${SEEDED.dag}`,
    );
    const { event_logs: events } = (await answer.json()) as { event_logs: { owner: string }[] };
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ owner }) => owner))).toEqual(new Set(['eve']));
  });

  it('makes the next request another person, although the session cookie stays', async () => {
    const first = await gateway.fetch('ada', `${PLACE.path}/variable/list/`);
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    expect(cookie).not.toBe('');
    const second = await gateway.fetch('vic', `${PLACE.path}/users/userinfo/`, { headers: { cookie } });
    const page = await second.text();
    if (second.status === 200) expect(page).not.toContain('Ada');
    else expect(page).toContain('Access is Denied');
    const home = await (await gateway.fetch('vic', `${PLACE.path}/home`, { headers: { cookie } })).text();
    expect(home).toContain('Vic');
    expect(home).not.toContain('Ada');
  });
});
