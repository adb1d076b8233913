import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRaw, startProduct } from '../attacks/rig.js';
import type { RunningGateway } from '../e2e/fixtures/gateway.js';
import { createClients } from './clients.js';

/** `npm run test:soak` asks for more of both. */
const REQUESTS = Number(process.env.AUTH_PROXY_SOAK_REQUESTS ?? 100_000);
const IDLE_SOCKETS = Number(process.env.AUTH_PROXY_IDLE_SOCKETS ?? 2000);
/** On a busy machine the ordinary run sends what fits into this; the soak has the time it needs. */
const TIME_MS = REQUESTS <= 100_000 ? 30_000 : Number.POSITIVE_INFINITY;
const HEADERS_MS = 1000;
const onLinux = existsSync('/proc/self/fd') ? it : it.skip;

describe('the built product under load', () => {
  let upstream: Server;
  let gateway: RunningGateway;
  let vic: string;

  beforeAll(async () => {
    upstream = await slowUpstream(0);
    gateway = await startProduct(portOf(upstream), { server: { timeouts: { headersMs: HEADERS_MS } } });
    vic = await gateway.platform.mint('vic');
  }, 60_000);

  afterAll(async () => {
    await gateway?.stop();
    upstream?.closeAllConnections();
    upstream?.close();
  });

  onLinux(
    `serves beside ${IDLE_SOCKETS} idle connections, and lets them go`,
    async () => {
      const before = openFiles(gateway.process.pid);
      const idle = await Promise.all(
        Array.from({ length: IDLE_SOCKETS }, () => openSocket(gateway.publicPort)),
      );
      const started = Date.now();
      expect((await gateway.fetch('vic', '/quasar/airflow/api/v2/dags')).status).toBe(200);
      expect(Date.now() - started).toBeLessThan(2000);
      for (const socket of idle) socket.destroy();
      await until(() => openFiles(gateway.process.pid) < before + 50, 10_000);
      expect(openFiles(gateway.process.pid)).toBeLessThan(before + 50);
    },
    120_000,
  );

  it('ends clients that never finish their head, and serves others meanwhile', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => openSocket(gateway.publicPort)));
    const ended = slow.map(
      (socket) => new Promise<void>((resolve) => socket.resume().once('close', () => resolve())),
    );
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('X');
    }, 100);
    for (const socket of slow) socket.write('GET /quasar/airflow/api/v2/dags HTTP/1.1\r\nX: ');
    expect((await gateway.fetch('vic', '/quasar/airflow/api/v2/dags')).status).toBe(200);
    await Promise.all(ended);
    clearInterval(drip);
  }, 20_000);

  onLinux(
    `keeps memory and sockets flat over ${REQUESTS} requests with random paths and tokens`,
    async () => {
      const { pid } = gateway.process;
      const clients = createClients({ port: gateway.publicPort, token: vic, connections: 16 });
      await clients.send(Math.min(20_000, REQUESTS / 4), 10_000);
      const files = openFiles(pid);
      const memory = residentMiB(pid);
      const statuses = await clients.send(REQUESTS, TIME_MS);
      const sent = [...statuses.values()].reduce((sum, one) => sum + one, 0);
      clients.close();
      await until(() => openFiles(pid) <= files, 5000);
      const grown = residentMiB(pid) - memory;
      process.stdout.write(
        `${sent} requests, ${JSON.stringify(Object.fromEntries(statuses))}; resident ${memory} MiB, then ${memory + grown} MiB; ${files} open files, then ${openFiles(pid)}\n`,
      );
      expect([...statuses.keys()].sort()).toEqual([200, 400, 401, 403]);
      expect(sent).toBeGreaterThan(5000);
      expect(openFiles(pid)).toBeLessThanOrEqual(files + 20);
      expect(grown).toBeLessThan(96);
    },
    Math.max(120_000, REQUESTS * 2),
  );
});

describe('SIGTERM under load', () => {
  it('lets what runs finish, takes nothing new, and ends with 0', async () => {
    const upstream = await slowUpstream(400);
    let seen = 0;
    upstream.on('request', () => seen++);
    const gateway = await startProduct(portOf(upstream));
    try {
      const token = await gateway.platform.mint('vic');
      const request = `GET /quasar/airflow/api/v2/dags HTTP/1.1\r\nHost: localhost:${gateway.publicPort}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
      const running = Array.from({ length: 40 }, () =>
        sendRaw(gateway.publicPort, request, { timeoutMs: 8000 }),
      );
      await until(() => seen === running.length, 5000);
      process.kill(gateway.process.pid, 'SIGTERM');
      const statuses = (await Promise.all(running)).map(({ answers }) => answers[0]?.status);
      expect(statuses).toEqual(running.map(() => 200));
      await until(() => gateway.process.exit() !== undefined, 5000);
      expect(gateway.process.exit()).toBe('0');
      expect((await sendRaw(gateway.publicPort, request, { timeoutMs: 500 })).answers).toEqual([]);
    } finally {
      await gateway.stop();
      upstream.close();
    }
  }, 30_000);
});

describe('a full audit disk', () => {
  const withFull = existsSync('/dev/full') ? it : it.skip;

  withFull(
    'keeps every denial a denial, and says so in the log',
    async () => {
      const upstream = await slowUpstream(0);
      const gateway = await startProduct(portOf(upstream), { audit: { path: '/dev/full', record: 'all' } });
      try {
        for (let i = 0; i < 20; i++) {
          expect((await gateway.fetch('vic', '/quasar/airflow/api/v2/connections')).status).toBe(403);
        }
        expect((await gateway.fetch('vic', '/quasar/airflow/api/v2/dags')).status).toBe(200);
        await until(() => JSON.stringify(gateway.logs()).includes('audit records cannot be written'), 3000);
        expect(JSON.stringify(gateway.logs())).toContain('audit records cannot be written');
      } finally {
        await gateway.stop();
        upstream.closeAllConnections();
        upstream.close();
      }
    },
    60_000,
  );
});

async function slowUpstream(delayMs: number): Promise<Server> {
  const server = createHttpServer((req, res) => {
    req.resume();
    const answer = () => res.end('{}');
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}

async function until(condition: () => boolean, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}
