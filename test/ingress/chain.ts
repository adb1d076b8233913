import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Gateway, serve } from '../../src/cli/commands/serve.js';
import { mintToken } from '../../src/cli/commands/token-mint.js';
import { createLog } from '../../src/observe/log.js';
import { type RawAnswer, type RawRequest, requestBytes, sendRaw } from './raw.js';

/** What reached the upstream, byte for byte. */
export interface Recorded {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface Ports {
  readonly ingress: number;
  readonly pages: number;
  readonly door: number;
  readonly check: number;
  readonly airflow: number;
  readonly flower: number;
}

/** How a controller is started on a golden configuration. Writes what it needs into `folder`. */
export type StartIngress = (folder: string, ports: Ports) => { command: string; args: readonly string[] };

export const DEPLOYMENT = 'quasarian-sun-1234';
export const PEOPLE = ['ada', 'eve', 'vic'] as const;

export interface Chain {
  readonly host: string;
  readonly publicUrl: string;
  readonly tokens: Readonly<Record<(typeof PEOPLE)[number], string>>;
  /** Takes what reached the upstreams since it was last called. */
  taken(): Recorded[];
  send(request: RawRequest): Promise<RawAnswer>;
  stopGateway(): Promise<void>;
  stop(): Promise<void>;
}

/** A controller on its golden configuration, the gateway behind it, and upstreams that record. */
export async function startChain(start: StartIngress): Promise<Chain> {
  const folder = mkdtempSync(join(tmpdir(), 'ingress-'));
  const recorded: Recorded[] = [];
  const airflow = await startRecorder(recorded);
  const flower = await startRecorder(recorded);
  const [ingress = 0, pages = 0, admin = 0, door = 0, check = 0] = await freePorts(5);
  const ports: Ports = { ingress, pages, door, check, airflow: airflow.port, flower: flower.port };
  const host = `localhost:${ingress}`;
  const publicUrl = `http://${host}`;
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    stringify({
      server: {
        listen: `127.0.0.1:${pages}`,
        adminListen: `127.0.0.1:${admin}`,
        publicUrl,
        trustedProxies: ['127.0.0.1'],
      },
      development: { issuer: true },
      roles: { sources: [{ kind: 'file', path: './directory.yaml' }] },
      deployments: [
        {
          id: DEPLOYMENT,
          workspace: 'data-team',
          airflow: {
            version: '3.3',
            upstream: `http://127.0.0.1:${airflow.port}`,
            anonymous: ['health'],
            identity: { profile: 'airflow3-hs512', secret: 'x'.repeat(32), audience: 'apache-airflow' },
          },
          flower: {
            version: '2.2',
            upstream: `http://127.0.0.1:${flower.port}`,
            identity: { profile: 'basic', username: 'proxy', password: 'flower' },
          },
        },
      ],
      forwardAuth: { listen: `127.0.0.1:${door}`, grpcListen: `127.0.0.1:${check}` },
      audit: { path: './audit.ndjson' },
    }),
  );
  const members = [
    { user: 'ada', role: 'ADMIN' },
    { user: 'eve', role: 'EDITOR' },
    { user: 'vic', role: 'VIEWER' },
  ];
  writeFileSync(join(folder, 'directory.yaml'), stringify({ workspaces: [{ id: 'data-team', members }] }));

  let gateway: Gateway | undefined = await serve(
    file,
    createLog({ level: 'error', destination: { write: () => {} } }),
  );
  const { command, args } = start(folder, ports);
  const log = join(folder, 'ingress.log');
  const output = openSync(log, 'w');
  const child = spawn(command, [...args], {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  closeSync(output);
  const stopGateway = async () => {
    await gateway?.stop();
    gateway = undefined;
  };
  const stop = async () => {
    await end(child);
    await stopGateway();
    for (const { server } of [airflow, flower]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(ingress, child);
  } catch (error) {
    const said = readFileSync(log, 'utf8');
    await stop();
    throw new Error(`${command} does not listen\n${said}`, { cause: error });
  }
  const minted = await Promise.all(
    PEOPLE.map(async (user) => [user, await mintToken({ config: file, user, ttlSeconds: 600 })] as const),
  );
  return {
    host,
    publicUrl,
    tokens: Object.fromEntries(minted) as Chain['tokens'],
    taken: () => recorded.splice(0),
    send: (request) => sendRaw(ingress, requestBytes(host, request)),
    stopGateway,
    stop,
  };
}

async function startRecorder(recorded: Recorded[]): Promise<{ server: Server; port: number }> {
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const raw = req.rawHeaders;
      recorded.push({
        method: req.method ?? '',
        target: req.url ?? '',
        headers: Array.from({ length: raw.length / 2 }, (_, i) => [
          (raw[2 * i] ?? '').toLowerCase(),
          raw[2 * i + 1] ?? '',
        ]),
        body: Buffer.concat(chunks).toString('utf8'),
      });
      res.setHeader('content-type', 'text/plain');
      res.end('from upstream');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Held open together, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createNetServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not within 15 seconds');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}
