import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createExplainer, type Explanation } from '../../src/cli/commands/explain.js';
import { load } from '../../src/cli/compose/load.js';
import { SEEDED, startAirflow2 } from './fixtures/airflow2.js';
import { type RunningAirflow, startAirflow3 } from './fixtures/airflow3.js';
import { startChromium } from './fixtures/chromium.js';
import { type Crawled, crawl } from './fixtures/crawl.js';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import { PEOPLE, type Person } from './fixtures/people.js';
import { waitUntil } from './fixtures/ready.js';

const PLACE = { id: 'quasarian-sun-1234', path: '/quasarian-sun-1234/airflow' } as const;
const SECRET = 'the secret Airflow and the gateway share'.padEnd(64, '.');
const ROLES = ['vic', 'eve', 'ada'] as const satisfies readonly Person[];
const START_TIMEOUT_MS = 10 * 60_000;
const MOST_LINKED = 12;
const LINKS_FOR_MS = 40_000;
jest.setTimeout(6 * 60_000);

interface Refusal {
  readonly versions: RegExp;
  readonly people: readonly Person[];
  /** The page, without its query. */
  readonly page: RegExp;
  readonly request: RegExp;
  /** Why the page asks and the role may not know. */
  readonly why: string;
}

/** The views of a DAG are tabs of its grid, and older addresses lead to them. */
const GRID = /^\/(?:dags\/[^/]+\/[\w-]+|graph|gantt|calendar|tree|code|dag_details)$/;

/** Every request that a page makes for somebody who may see the page and not this part of it. */
const REFUSED: readonly Refusal[] = [
  {
    versions: /^3/,
    people: ['vic', 'eve'],
    page: /^\/$/,
    request: /^GET \/api\/v2\/pools\b/,
    why: 'the home page shows how full the pools are; pools belong to the Admin menu, and the page stays silent',
  },
  {
    versions: /^3/,
    people: ['vic'],
    page: /^\/dags\/[^/]+\/runs\/[^/]+\/tasks\/[^/]+$/,
    request: /^GET \/api\/v2\/.*\/logs\/\d+\b/,
    why: 'the first tab of a task instance is its log, for Editors; the page says so in place',
  },
  {
    versions: /^3/,
    people: ['vic'],
    page: /^\/dags\/[^/]+\/runs\/[^/]+\/tasks\/[^/]+$/,
    request: /^GET \/api\/v2\/.*\/externalLogUrl\/\d+\b/,
    why: 'where the log is kept elsewhere it is one all the same',
  },
  {
    versions: /^3/,
    people: ['vic'],
    page: /^\/dags\/[^/]+\/runs\/[^/]+\/tasks\/[^/]+/,
    request: /^GET \/api\/v2\/.*\/links\b/,
    why: 'extra links are for Editors',
  },
  {
    versions: /^2/,
    people: ['vic'],
    page: GRID,
    request: /^GET \/api\/v1\/.*\/logs\/\d+\b/,
    why: 'the log tab of the grid; its script says "No task logs found"',
  },
  {
    versions: /^2/,
    people: ['vic'],
    page: GRID,
    request: /^GET \/(?:extra_links\b|api\/v1\/.*\/links\b|object\/rendered-k8s)/,
    why: 'extra links are for Editors',
  },
  {
    versions: /^2/,
    people: ['vic', 'eve'],
    page: GRID,
    request: /^GET \/api\/v1\/.*\/xcomEntries\b/,
    why: 'the XCom tab of the grid; XComs belong to the Admin menu',
  },
  {
    versions: /^2/,
    people: ['vic', 'eve'],
    page: /^\/cluster_activity$/,
    request: /^GET \/api\/v1\/pools\b/,
    why: 'one of its cards shows how full the pools are; pools belong to the Admin menu',
  },
  {
    versions: /^2\.6/,
    people: ['vic'],
    page: /^\/(?:home)?$/,
    request: /^POST \/blocked\b/,
    why: 'which DAGs have all their runs in use; 2.2 to 2.6 themselves ask to edit the DAG, so a Viewer has less here',
  },
  {
    versions: /^2/,
    people: ['vic'],
    page: GRID,
    request: /^(?:POST \/clear|GET \/confirm)\b/,
    why: 'the buttons of the grid ask beforehand what they would touch; clearing and marking is for Editors',
  },
];

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
}, START_TIMEOUT_MS);
afterAll(async () => {
  await browser?.close();
}, 60_000);

const withoutQuery = (target: string) => target.split('?', 1)[0] ?? target;

/** The router of the SPA, with a run and a task instance in the place of its parameters. */
function pagesOfAirflow3(run: string): readonly string[] {
  const dag = `/dags/${SEEDED.dag}`;
  const ofRun = `${dag}/runs/${encodeURIComponent(run)}`;
  const ofTask = `${ofRun}/tasks/${SEEDED.task}`;
  const tabs = (base: string, names: readonly string[]) => names.map((name) => `${base}/${name}`);
  return [
    ...['/', '/dags', '/dag_runs', '/task_instances', '/assets', '/events'],
    ...[dag, ...tabs(dag, ['runs', 'tasks', 'backfills', 'events', 'code', 'details'])],
    ...[`${dag}/tasks/${SEEDED.task}`],
    ...[ofRun, ...tabs(ofRun, ['asset_events', 'events', 'code', 'details'])],
    ...[ofTask, ...tabs(ofTask, ['rendered_templates', 'xcom', 'asset_events', 'events', 'code', 'details'])],
    ...['/variables', '/pools', '/connections', '/configs', '/providers', '/plugins', '/xcoms'],
  ];
}

const SINCE_31 = ['/required_actions', `/dags/${SEEDED.dag}/calendar`];
const SINCE_32 = ['/jobs', '/deadlines'];

/** Views of a DAG and of one task instance, and what the menus hold. */
function pagesOfAirflow2(): readonly string[] {
  const dag = `/dags/${SEEDED.dag}`;
  const task = `dag_id=${SEEDED.dag}&task_id=${SEEDED.task}&execution_date=${encodeURIComponent(SEEDED.logicalDate)}`;
  const inGrid = `dag_run_id=${SEEDED.run}&task_id=${SEEDED.task}`;
  return [
    '/home',
    ...[
      'grid',
      'calendar',
      'duration',
      'tries',
      'landing-times',
      'gantt',
      'details',
      'code',
      'audit_log',
    ].map((view) => `${dag}/${view}`),
    ...['graph', 'gantt', 'code', 'logs', 'xcom', 'details'].map((tab) => `${dag}/grid?${inGrid}&tab=${tab}`),
    ...['task', 'log', 'rendered-templates', 'xcom'].map((view) => `/${view}?${task}`),
    ...['/datasets', '/dag-dependencies', '/redoc'],
    ...['dagrun', 'taskinstance', 'job', 'slamiss', 'log', 'taskreschedule', 'triggerview'].map(
      (view) => `/${view}/list/`,
    ),
    ...['variable', 'connection', 'pool', 'xcom', 'users', 'roles'].map((view) => `/${view}/list/`),
    ...['/configuration', '/plugin', '/provider'],
  ];
}

interface Subject {
  readonly version: '3.3.2' | '3.0.6' | '2.11.2' | '2.6.3';
  /** Starts it and returns the pages that are visited in any case. */
  readonly start: (
    publicUrl: string,
  ) => Promise<{ airflow: RunningAirflow; identity: (write: Write) => object }>;
  readonly pages: (gateway: RunningGateway) => Promise<readonly string[]>;
}
type Write = (name: string, content: string) => string;

const airflow3 = (version: '3.3.2' | '3.0.6', since: readonly string[]): Subject => ({
  version,
  start: async (publicUrl) => ({
    airflow: await startAirflow3({
      version,
      publicUrl,
      basePath: PLACE.path,
      jwtSecret: SECRET,
      scheduler: true,
    }),
    identity: (write) => ({ profile: 'airflow3-hs512', secretFile: write('secret', SECRET) }),
  }),
  pages: async (gateway) => [...pagesOfAirflow3(await finishedRun(gateway)), ...since],
});

const airflow2 = (version: '2.11.2' | '2.6.3', since: readonly string[]): Subject => ({
  version,
  start: async (publicUrl) => ({
    airflow: await startAirflow2({
      version,
      publicUrl,
      basePath: PLACE.path,
      jwks: `${publicUrl}/.auth/jwks.json`,
      audience: PLACE.id,
      scheduler: false,
    }),
    identity: () => ({ profile: 'airflow2' }),
  }),
  pages: async () => [...pagesOfAirflow2(), ...since],
});

async function finishedRun(gateway: RunningGateway): Promise<string> {
  const runs = `${PLACE.path}/api/v2/dags/${SEEDED.dag}/dagRuns`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ logical_date: null });
  const answer = await gateway.fetch('eve', runs, { method: 'POST', headers, body });
  const { dag_run_id: id } = (await answer.json()) as { dag_run_id: string };
  await waitUntil('the run to succeed', 180_000, async () => {
    const run = await gateway.fetch('eve', `${runs}/${encodeURIComponent(id)}`);
    return ((await run.json()) as { state: string }).state === 'success';
  });
  return id;
}

describe.each([
  airflow3('3.3.2', [...SINCE_31, ...SINCE_32]),
  airflow3('3.0.6', []),
  airflow2('2.11.2', ['/cluster_activity']),
  airflow2('2.6.3', []),
])('the pages of Airflow $version', ({ version, start, pages }) => {
  let airflow: RunningAirflow | undefined;
  let gateway: RunningGateway;
  let explain: (person: Person, method: string, target: string) => Explanation;
  const crawls = new Map<Person, Crawled>();

  beforeAll(async () => {
    const site = await createGatewaySite();
    const started = await start(site.publicUrl);
    airflow = started.airflow;
    const service = {
      version: version.split('.', 2).join('.'),
      upstream: airflow.upstreamUrl,
      path: PLACE.path,
      identity: started.identity(site.write),
    };
    writeGatewayConfig(site, {
      workspace: 'data-team',
      deployments: [{ id: PLACE.id, workspace: 'data-team', airflow: service }],
    });
    gateway = await startGateway(site);
    const say = createExplainer(await load(gateway.configFile));
    explain = (person, method, target) =>
      JSON.parse(
        say(method, target, {
          deployment: PLACE.id,
          service: 'airflow',
          role: String(PEOPLE[person].role),
          json: true,
        }),
      );
    const options = {
      base: PLACE.path,
      pages: await pages(gateway),
      mostLinked: MOST_LINKED,
      linksForMs: LINKS_FOR_MS,
    };
    const results = await Promise.all(ROLES.map((person) => crawl(browser, gateway, { ...options, person })));
    for (const [index, person] of ROLES.entries()) {
      const result = results[index];
      if (result !== undefined) crawls.set(person, result);
    }
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await gateway?.stop();
    await airflow?.stop();
  }, 60_000);

  const crawlOf = (person: Person): Crawled => {
    const found = crawls.get(person);
    if (found === undefined) throw new Error(`no crawl of ${person}`);
    return found;
  };
  const mayOpen = (person: Person, page: string) => explain(person, 'GET', page).decision === 'allow';
  const unique = (lines: readonly string[]) => [...new Set(lines)].sort();

  it.each(ROLES)('open for %s, none in a circle, and no upstream or gateway fails', (person) => {
    const { pages: visited, seen, broken } = crawlOf(person);
    expect(visited.length).toBeGreaterThan(25);
    expect(seen.length).toBeGreaterThan(visited.length);
    expect(broken).toEqual([]);
    const failed = seen.filter(
      ({ status, reason }) => status >= 500 || (status !== 403 && reason !== undefined),
    );
    expect(failed.map(({ status, method, target }) => `${status} ${method} ${target}`)).toEqual([]);
  });

  it.each(ROLES)('give %s no 403 but those that `explain` gives', (person) => {
    const wrong = crawlOf(person)
      .seen.filter(({ status }) => status === 403)
      .flatMap(({ page, method, target, reason }) => {
        const said = explain(person, method, target);
        const agrees =
          said.decision === 'deny' && said.reason === reason && reason === 'insufficient-permission';
        return agrees
          ? []
          : [`${page}: ${method} ${target} was ${reason ?? 'refused by Airflow'}, explain: ${said.reason}`];
      });
    expect(unique(wrong)).toEqual([]);
  });

  it.each(ROLES)('refuse %s nothing that a page needs which is open to that role', (person) => {
    const unexpected = crawlOf(person)
      .seen.filter(({ status, page }) => status === 403 && mayOpen(person, page))
      .filter(
        ({ page, method, target }) =>
          !REFUSED.some(
            (one) =>
              one.versions.test(version) &&
              one.people.includes(person) &&
              one.page.test(withoutQuery(page)) &&
              one.request.test(`${method} ${target}`),
          ),
      );
    expect(unique(unexpected.map(({ page, method, target }) => `${page}: ${method} ${target}`))).toEqual([]);
  });

  it.each(ROLES)('show %s the page or the refusal that `explain` gives', (person) => {
    const { pages: visited, seen } = crawlOf(person);
    const wrong = visited.flatMap((page) => {
      const first = seen.find((one) => one.page === page && one.target === page && one.method === 'GET');
      if (first === undefined) return [`${page}: no answer`];
      const expected = mayOpen(person, page);
      return expected === (first.status !== 403) ? [] : [`${page}: ${first.status}`];
    });
    expect(wrong).toEqual([]);
  });
});
