import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type RunningFlower, startFlower } from './fixtures/flower.js';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import {
  ADMIN_ONLY,
  casesOf,
  EDITOR_UP,
  EVERYBODY,
  explain,
  live,
  NOBODY,
  type Situation,
} from './fixtures/situations.js';

const PLACE = { deployment: 'lunar-tide-4321', service: 'flower', path: '/lunar-tide-4321/flower' } as const;
jest.setTimeout(60_000);
const PASSWORD = 'the password Flower and the gateway share';

let flower: RunningFlower | undefined;
let gateway: RunningGateway;

beforeAll(async () => {
  flower = await startFlower({ basePath: PLACE.path, username: 'proxy', password: PASSWORD });
  const site = await createGatewaySite();
  const identity = {
    profile: 'basic',
    username: 'proxy',
    passwordFile: site.write('flower-password', `${PASSWORD}\n`),
  };
  const upstream = { version: '2.2', upstream: flower.upstreamUrl, path: PLACE.path, identity };
  // Beside an Airflow 2, where Flower's task pages hold no live tokens, Editors may read them.
  const airflow = { version: '2.11', upstream: 'http://127.0.0.1:9', identity: { profile: 'none' } };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [{ id: PLACE.deployment, workspace: 'data-team', airflow, flower: upstream }],
  });
  gateway = await startGateway(site);
}, 5 * 60_000);

afterAll(async () => {
  await gateway?.stop();
  await flower?.stop();
}, 60_000);

const SITUATIONS: readonly Situation[] = [
  { name: 'see the workers', method: 'GET', path: '/workers', allowed: EVERYBODY },
  { name: 'see the broker', method: 'GET', path: '/broker', allowed: EVERYBODY },
  { name: 'ask for the types of tasks', method: 'GET', path: '/api/task/types', allowed: EVERYBODY },
  { name: 'read tasks with their arguments', method: 'GET', path: '/api/tasks', allowed: EDITOR_UP },
  { name: 'open the page of tasks', method: 'GET', path: '/tasks', allowed: EDITOR_UP },
  {
    name: 'run a task',
    method: 'POST',
    path: '/api/task/send-task/fixture.add',
    allowed: ADMIN_ONLY,
    body: { args: [1, 2] },
  },
  { name: 'read the metrics', method: 'GET', path: '/metrics', allowed: ADMIN_ONLY },
  { name: 'call what nobody knows', method: 'GET', path: '/nothing-like-it', allowed: NOBODY },
];

describe('Flower behind the gateway', () => {
  it.each(casesOf(SITUATIONS))('$name, and `explain` agrees', async ({ person, verdict, situation }) => {
    const { status, body, ...lived } = await live(gateway, PLACE, person, situation);
    const { headers: _, ...words } = lived;
    expect(words.decision).toBe(verdict);
    expect(await explain(gateway, PLACE, person, situation)).toEqual(words);
    if (verdict === 'deny') {
      expect(status).toBe(403);
      expect(body).toContain('Access is Denied');
    } else {
      expect(status).toBe(200);
    }
  });

  it('shows the worker that runs', async () => {
    const answer = await gateway.fetch('vic', `${PLACE.path}/workers?json=1`);
    expect(await answer.text()).toContain(flower?.worker);
  });

  it('lets an Admin shut the worker down, and nobody else', async () => {
    // Flower controls only workers it has asked about themselves.
    await gateway.fetch('ada', `${PLACE.path}/api/workers?refresh=1`);
    const shutdown = `${PLACE.path}/api/worker/shutdown/${flower?.worker}`;
    expect((await gateway.fetch('vic', shutdown, { method: 'POST' })).status).toBe(403);
    expect((await gateway.fetch('eve', shutdown, { method: 'POST' })).status).toBe(403);
    expect((await gateway.fetch('ada', shutdown, { method: 'POST' })).status).toBe(200);
  });
});
