import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createAuditSink } from '../../../src/audit/sink.js';
import { mintToken } from '../../../src/cli/commands/token-mint.js';
import { createForwardAuthDoors, type ForwardAuthDoors } from '../../../src/cli/compose/forward-auth.js';
import { load } from '../../../src/cli/compose/load.js';
import { createRuntime, type Runtime, type Shared } from '../../../src/cli/compose/runtime.js';
import { createLiveStreams } from '../../../src/forward/live-streams.js';
import { createLog } from '../../../src/observe/log.js';
import { createMetrics } from '../../../src/observe/metrics.js';

export const PUBLIC_URL = 'http://localhost:8084';
export const HOST = 'localhost:8084';
export const OLD_HOST = 'old.localhost:8084';
export const SECRET = 'a secret that only the ingress knows';

/** ada Admin, eve Editor, vic Viewer of data-team; mallory of nothing. */
export const PEOPLE = ['ada', 'eve', 'vic', 'mallory'] as const;
export type PersonId = (typeof PEOPLE)[number];

export interface Rig {
  readonly runtime: Runtime;
  readonly doors: ForwardAuthDoors;
  /** Where the HTTP dialects are asked. */
  readonly port: number;
  readonly grpcPort: number;
  readonly tokens: Readonly<Record<PersonId, string>>;
  readonly logLines: readonly string[];
  /** All records so far, once they are written. */
  records(): Promise<readonly Record<string, never>[]>;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** The real wiring of one configuration with its third door open, and nothing else. */
export async function createRig(forwardAuth: object = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'forward-auth-'));
  const file = join(folder, 'gateway.yaml');
  const airflow = {
    version: '3.3',
    upstream: 'http://127.0.0.1:9',
    anonymous: ['health'],
    identity: { profile: 'airflow3-hs512', secret: 'x'.repeat(32), audience: 'apache-airflow' },
  };
  const old = {
    version: '2.11',
    upstream: 'http://127.0.0.1:9',
    host: OLD_HOST,
    path: '/',
    identity: { profile: 'remote-user-header', header: 'x-platform-user' },
  };
  const flower = {
    version: '2.2',
    upstream: 'http://127.0.0.1:9',
    identity: { profile: 'basic', username: 'proxy', password: 'flower password' },
  };
  writeFileSync(
    file,
    stringify({
      server: { publicUrl: PUBLIC_URL },
      development: { issuer: true },
      roles: { sources: [{ kind: 'file', path: './directory.yaml' }] },
      deployments: [
        { id: 'demo', workspace: 'data-team', airflow, flower },
        { id: 'old', workspace: 'data-team', airflow: old },
      ],
      forwardAuth: { listen: '127.0.0.1:0', grpcListen: '127.0.0.1:0', ...forwardAuth },
      audit: { path: './audit.ndjson', record: 'all' },
    }),
  );
  const members = [
    { user: 'ada', role: 'ADMIN' },
    { user: 'eve', role: 'EDITOR' },
    { user: 'vic', role: 'VIEWER' },
  ];
  writeFileSync(
    join(folder, 'directory.yaml'),
    stringify({ workspaces: [{ id: 'data-team', label: 'Data team', members }] }),
  );

  const loaded = await load(file);
  const logLines: string[] = [];
  const metrics = createMetrics({ version: '0.0.0' });
  const audit = createAuditSink({
    path: loaded.config.audit.path,
    onWrite: () => {},
    onDrop: () => {},
    onError: () => {},
  });
  const shared: Shared = {
    log: createLog({ level: 'info', destination: { write: (line) => void logLines.push(line) } }),
    metrics,
    audit,
    streams: createLiveStreams(),
  };
  const runtime = await createRuntime(loaded, shared);
  const doors = createForwardAuthDoors(loaded.config, shared, runtime.judge);
  if (doors === undefined) throw new Error('the door is off');
  let port = 0;
  const grpcPort = await doors.listen(
    (server, address) =>
      new Promise((resolve) =>
        server.listen(address.port, address.host, () => {
          port = (server.address() as AddressInfo).port;
          resolve();
        }),
      ),
  );
  const minted = await Promise.all(
    PEOPLE.map(async (user) => [user, await mintToken({ config: file, user, ttlSeconds: 600 })] as const),
  );
  return {
    runtime,
    doors,
    port,
    grpcPort: grpcPort ?? 0,
    tokens: Object.fromEntries(minted) as Record<PersonId, string>,
    logLines,
    async records() {
      while (audit.queueLength() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      return readFileSync(join(folder, 'audit.ndjson'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    metrics: async () => (await metrics.expose()).body,
    async close() {
      await doors.close(0);
      await runtime.close();
      await audit.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface AskInput {
  readonly path: string;
  readonly method?: string;
  /** In order; a name may come twice. `Host` is added where it is missing. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

export interface AskAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One ask as a controller sends it, byte for byte. */
export function ask(
  rig: Pick<Rig, 'port'>,
  { path, method = 'GET', headers = [] }: AskInput,
): Promise<AskAnswer> {
  const raw = headers.some(([name]) => name.toLowerCase() === 'host')
    ? headers
    : [['Host', `127.0.0.1:${rig.port}`] as const, ...headers];
  return new Promise((resolve, reject) => {
    const req = httpRequest(
      { host: '127.0.0.1', port: rig.port, path, method, headers: raw.flat(), setHost: false, agent: false },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    req.on('error', reject);
    req.end();
  });
}

export interface Logical {
  readonly method: string;
  readonly target: string;
  readonly host?: string;
  /** The client's own headers. */
  readonly headers?: readonly (readonly [string, string])[];
}

/** How each dialect asks about one and the same client request. */
export const HTTP_DIALECTS = {
  nginx: ({ method, target, host = HOST, headers = [] }: Logical): AskInput => ({
    path: '/nginx',
    headers: [['X-Original-URL', `http://${host}${target}`], ['X-Original-Method', method], ...headers],
  }),
  'nginx by X-Original-URI': ({ method, target, host = HOST, headers = [] }: Logical): AskInput => ({
    path: '/nginx',
    headers: [['Host', host], ['X-Original-URI', target], ['X-Original-Method', method], ...headers],
  }),
  houston: ({ method, target, host = HOST, headers = [] }: Logical): AskInput => ({
    path: '/v1/authorization',
    headers: [['X-Original-URL', `http://${host}${target}`], ['X-Original-Method', method], ...headers],
  }),
  traefik: ({ method, target, host = HOST, headers = [] }: Logical): AskInput => ({
    path: '/traefik',
    headers: forwarded(method, target, host, headers),
  }),
  caddy: ({ method, target, host = HOST, headers = [] }: Logical): AskInput => ({
    path: '/caddy',
    headers: forwarded(method, target, host, headers),
  }),
  envoy: ({ method, target, host = HOST, headers = [] }: Logical): AskInput => ({
    path: `/envoy${target}`,
    method,
    headers: [['Host', host], ['Content-Length', '0'], ...headers],
  }),
} as const;

function forwarded(
  method: string,
  target: string,
  host: string,
  headers: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  return [
    ['X-Forwarded-Method', method],
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-Host', host],
    ['X-Forwarded-Uri', target],
    ...headers,
  ];
}
