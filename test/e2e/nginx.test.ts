import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CONTROLLERS } from '../ingress/golden.js';
import { type RunningAirflow, startAirflow3 } from './fixtures/airflow3.js';
import { profileOf, startChromium } from './fixtures/chromium.js';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import type { Person } from './fixtures/people.js';
import { freePorts } from './fixtures/ports.js';
import { type RunningProcess, startProcess } from './fixtures/process.js';
import { requireProgram } from './fixtures/programs.js';
import { waitUntil } from './fixtures/ready.js';

const DEPLOYMENT = 'quasarian-sun-1234';
const AIRFLOW = `/${DEPLOYMENT}/airflow`;
const SECRET = 'the secret Airflow and the gateway share'.padEnd(64, '.');
jest.setTimeout(4 * 60_000);

let airflow: RunningAirflow | undefined;
let gateway: RunningGateway;
let nginx: RunningProcess | undefined;
let browser: Browser;
let run = '';

/** nginx on its golden configuration keeps the data path; the gateway is asked for each request. */
beforeAll(async () => {
  const [ingress = 0, door = 0] = await freePorts(2);
  const site = { ...(await createGatewaySite()), publicUrl: `http://localhost:${ingress}` };
  airflow = await startAirflow3({
    version: '3.3.2',
    publicUrl: site.publicUrl,
    basePath: AIRFLOW,
    jwtSecret: SECRET,
    scheduler: true,
  });
  const identity = { profile: 'airflow3-hs512', secret: SECRET, audience: 'apache-airflow' };
  const upstream = airflow.upstreamUrl;
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [
      { id: DEPLOYMENT, workspace: 'data-team', airflow: { version: '3.3', upstream, identity } },
    ],
    overrides: {
      server: {
        listen: `127.0.0.1:${site.publicPort}`,
        adminListen: `127.0.0.1:${site.adminPort}`,
        publicUrl: site.publicUrl,
        stateDir: './state',
        trustedProxies: ['127.0.0.1'],
      },
      forwardAuth: { listen: `127.0.0.1:${door}` },
    },
  });
  gateway = await startGateway(site);
  const start = CONTROLLERS.nginx?.start(requireProgram('nginx'));
  if (start === undefined) throw new Error('no golden configuration of nginx');
  const airflowPort = Number(new URL(upstream).port);
  const ports = { ingress, pages: site.publicPort, door, check: 1, airflow: airflowPort, flower: 1 };
  nginx = await startProcess({
    name: 'nginx',
    ...start(site.folder, ports),
    cwd: site.folder,
    logFile: `${site.folder}/nginx.log`,
  });
  const listens = () => gateway.fetch('vic', '/.auth/me').then(({ status }) => status === 200);
  await waitUntil('nginx to listen', 60_000, () => listens().catch(() => false));
  browser = await startChromium();
  run = await trigger('eve');
}, 10 * 60_000);

afterAll(async () => {
  await browser?.close();
  await nginx?.stop();
  await gateway?.stop();
  await airflow?.stop();
}, 60_000);

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

const api = (path: string) => `${AIRFLOW}/api/v2${path}`;
const logPath = () => `/dags/fixture_dag/dagRuns/${encodeURIComponent(run)}/taskInstances/hello/logs/1`;
const taskPage = () => `/dags/fixture_dag/runs/${encodeURIComponent(run)}/tasks/hello`;

function post(person: Person, path: string, body: object): Promise<Response> {
  return gateway.fetch(person, api(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function trigger(person: Person): Promise<string> {
  const answer = await post(person, '/dags/fixture_dag/dagRuns', { logical_date: null });
  const { dag_run_id: id } = (await answer.json()) as { dag_run_id: string };
  await waitUntil('the run to succeed', 120_000, async () => {
    const one = await gateway.fetch(person, api(`/dags/fixture_dag/dagRuns/${encodeURIComponent(id)}`));
    return ((await one.json()) as { state: string }).state === 'success';
  });
  return id;
}

async function open(person: Person, path: string): Promise<Page> {
  const page = await (await profileOf(browser, gateway, person)).newPage();
  await page.goto(`${gateway.publicUrl}${AIRFLOW}${path}`);
  return page;
}

describe('nginx in front of Airflow 3.3.2, asking us', () => {
  it.each<[Person, string, number]>([
    ['vic', '/dags', 200],
    ['vic', '/variables', 403],
    ['eve', '/variables', 403],
    ['ada', '/variables', 200],
    ['eve', '/pools', 403],
    ['ada', '/connections', 200],
  ])('answers %s at %s with %s', async (person, path, status) => {
    const answer = await gateway.fetch(person, api(path));
    expect(answer.status).toBe(status);
    if (status === 403) expect(await answer.text()).toContain('Access is Denied');
  });

  it('keeps task logs from a Viewer and shows them to an Editor', async () => {
    const answers = await Promise.all(
      (['vic', 'eve'] as const).map((person) => gateway.fetch(person, api(logPath()))),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 200]);
    expect(await answers[1]?.text()).toContain('hello from the fixture task');
  });

  it('lets no Viewer trigger', async () => {
    expect((await post('vic', '/dags/fixture_dag/dagRuns', { logical_date: null })).status).toBe(403);
  });

  it('tells Airflow who it is', async () => {
    const answer = await gateway.fetch('ada', api('/eventLogs?event=trigger_dag_run&limit=50'));
    const { event_logs: events } = (await answer.json()) as { event_logs: { owner: string }[] };
    expect(new Set(events.map(({ owner }) => owner))).toEqual(new Set(['eve']));
  });

  it('shows a Viewer the DAGs in the browser, and that logs are denied', async () => {
    const page = await open('vic', '/dags');
    await page.getByText('fixture_dag').first().waitFor();
    await page.goto(`${gateway.publicUrl}${AIRFLOW}${taskPage()}`);
    await page.getByText('Access is Denied').first().waitFor();
    expect(await page.getByText('hello from the fixture task').count()).toBe(0);
  });

  it('shows an Editor the log in the browser, and no page of the Admin menu', async () => {
    const page = await open('eve', taskPage());
    await page.getByText('hello from the fixture task').first().waitFor();
    const answer = await page.goto(`${gateway.publicUrl}${AIRFLOW}/variables`);
    expect([answer?.status(), await page.getByText('Access is Denied').count()]).toEqual([403, 1]);
  });

  it('opens the Admin pages to an Admin in the browser', async () => {
    const page = await open('ada', '/variables');
    await page.getByRole('button', { name: 'Admin', exact: true }).waitFor();
    expect(await page.getByText('Access is Denied').count()).toBe(0);
  });

  it('does not believe what an outside client says about the original request', async () => {
    const forged = {
      'x-original-url': `${gateway.publicUrl}${api('/monitor/health')}`,
      'x-original-uri': api('/monitor/health'),
      'x-original-method': 'GET',
      'x-forwarded-uri': api('/monitor/health'),
      'x-forwarded-method': 'GET',
      'x-forwarded-host': 'localhost',
    };
    const answer = await gateway.fetch('eve', api('/variables'), { headers: forged });
    expect(answer.status).toBe(403);
  });

  it('denies everybody while the gateway is down', async () => {
    const headers = { authorization: `Bearer ${await gateway.platform.mint('ada')}` };
    await gateway.process.stop(30_000);
    const answer = await fetch(`${gateway.publicUrl}${api('/dags')}`, { headers });
    expect(answer.status).toBe(503);
  });
});
