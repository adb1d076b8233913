import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import type { Person } from './fixtures/people.js';
import { waitUntil } from './fixtures/ready.js';
import { connectionsAt } from './fixtures/sockets.js';

const PATH = '/quasarian-sun-1234/airflow';
const REQUESTS = 2_000;

interface Kind {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly allowed: readonly Person[];
}

const KINDS: readonly Kind[] = [
  { method: 'GET', path: '/api/v2/dags', allowed: ['vic', 'eve', 'ada'] },
  { method: 'GET', path: '/api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1', allowed: ['eve', 'ada'] },
  { method: 'POST', path: '/api/v2/dags/d/dagRuns', allowed: ['eve', 'ada'] },
  { method: 'GET', path: '/api/v2/variables', allowed: ['ada'] },
  { method: 'PATCH', path: '/api/v2/connections', allowed: ['ada'] },
  { method: 'GET', path: '/api/v2/nothing-like-it', allowed: [] },
];
const CALLERS: readonly Person[] = ['vic', 'eve', 'ada', 'otto'];

let upstream: Server;
let upstreamSockets = 0;
let gateway: RunningGateway;

/** Says whose assertion came with the request, so that an answer meant for somebody else is found out. */
beforeAll(async () => {
  upstream = createServer((incoming, response) => {
    incoming.resume();
    incoming.on('end', () => {
      const payload = incoming.headers.authorization?.split('.')[1] ?? '';
      const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ asked: sub, method: incoming.method, url: incoming.url }));
    });
  });
  upstream.on('connection', (socket) => {
    upstreamSockets += 1;
    socket.once('close', () => {
      upstreamSockets -= 1;
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const site = await createGatewaySite();
  const secretFile = site.write('secret', 's'.repeat(64));
  const identity = { profile: 'airflow3-hs512', secretFile, audience: 'apache-airflow' };
  const airflow = { version: '3.3', upstream: `http://127.0.0.1:${address.port}`, path: PATH, identity };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [{ id: 'quasarian-sun-1234', workspace: 'data-team', airflow }],
    overrides: { audit: { path: site.auditFile, record: 'denied' } },
  });
  gateway = await startGateway(site);
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  upstream?.closeAllConnections();
  upstream?.close();
}, 60_000);

describe(`${REQUESTS} requests at once by people of all roles`, () => {
  it('answers each by the role of its own sender, and leaves no socket behind', async () => {
    const tokens = new Map<Person, string>();
    for (const person of CALLERS) tokens.set(person, await gateway.platform.mint(person));
    // A connection for every request: all of them are open at the same time.
    const agent = new Agent({
      connections: null,
      pipelining: 0,
      headersTimeout: 120_000,
      bodyTimeout: 120_000,
    });
    const wrong: string[] = [];
    let denied = 0;
    await Promise.all(
      Array.from({ length: REQUESTS }, async (_, index) => {
        const person = CALLERS[index % CALLERS.length] ?? 'otto';
        const kind = KINDS[Math.floor(index / CALLERS.length) % KINDS.length];
        if (kind === undefined) throw new Error('a kind for every request');
        const { statusCode, body } = await request(
          `http://127.0.0.1:${gateway.publicPort}${PATH}${kind.path}?n=${index}`,
          {
            method: kind.method,
            headers: { authorization: `Bearer ${tokens.get(person)}`, 'content-type': 'application/json' },
            body: kind.method === 'GET' ? null : '{}',
            dispatcher: agent,
          },
        );
        const answer = (await body.json()) as { asked?: string; url?: string; detail?: string };
        const allowed = kind.allowed.includes(person);
        const right = allowed
          ? statusCode === 200 && answer.asked === person && answer.url === `${PATH}${kind.path}?n=${index}`
          : statusCode === 403 && answer.detail === 'Access is Denied';
        if (!allowed) denied += 1;
        if (!right)
          wrong.push(`${person} ${kind.method} ${kind.path}: ${statusCode} ${JSON.stringify(answer)}`);
      }),
    );
    expect(wrong).toEqual([]);
    await agent.close();
    await waitUntil(
      'one audit record for every refusal',
      10_000,
      async () => gateway.auditRecords().length >= denied,
    );
    expect(gateway.auditRecords()).toHaveLength(denied);
    const left = async () => connectionsAt(gateway.publicPort) === 0;
    await waitUntil('the connections of the callers to be closed', 30_000, left);
    // Connections to the upstream are kept for the next request, but not one for each of these.
    expect(upstreamSockets).toBeLessThan(REQUESTS / 4);
  }, 180_000);

  it('still answers, and stops in good order', async () => {
    expect((await gateway.fetch('vic', `${PATH}/api/v2/dags`)).status).toBe(200);
    gateway.process.signal('SIGTERM');
    expect(await gateway.process.waitForExit(30_000)).toBe('0');
    await waitUntil('the upstream to see all connections closed', 10_000, async () => upstreamSockets === 0);
  }, 60_000);
});
