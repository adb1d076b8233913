import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://platform.test';
const AUDIENCE = 'airflow-auth-proxy';
export const COOKIE = 'platform_token';

export type Person = 'ada' | 'eve' | 'vic' | 'out';

export interface Site {
  readonly folder: string;
  readonly configFile: string;
  readonly directoryFile: string;
  readonly auditFile: string;
  readonly port: number;
  readonly adminPort: number;
  readonly upstream: RecordingUpstream;
  /** The configuration as written, to change and write again. */
  readonly config: SiteConfig;
  token(person: Person, seconds?: number): Promise<string>;
  writeConfig(config: object | string): void;
  audit(): AuditLine[];
  close(): Promise<void>;
}

export type SiteConfig = Record<string, unknown> & {
  server: Record<string, unknown>;
  deployments: { id: string; workspace: string; airflow: Record<string, unknown> }[];
};

export interface AuditLine {
  readonly event: { readonly action: string; readonly outcome: string; readonly reason: string };
  readonly http: {
    readonly request: { readonly method: string };
    readonly response: { readonly status_code: number };
  };
  readonly auth_proxy: Readonly<Record<string, unknown>>;
  readonly user?: { readonly id: string };
  readonly source?: { readonly ip: string };
}

export interface RecordingUpstream {
  readonly url: string;
  readonly server: Server;
  readonly seen: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** Replaces what it answers. */
  answer: (req: IncomingMessage, res: ServerResponse) => void;
  close(): Promise<void>;
}

export const DIRECTORY = {
  workspaces: [
    {
      id: 'data-team',
      label: 'Data team',
      members: [
        { user: 'ada', role: 'ADMIN' },
        { user: 'eve', role: 'EDITOR' },
        { user: 'vic', role: 'VIEWER' },
      ],
    },
  ],
};

/** A folder with a configuration, a directory, keys and an upstream that records what reached it. */
export async function createSite(change: (config: SiteConfig) => void = () => {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'airflow-auth-proxy-'));
  const upstream = await startUpstream();
  const [port, adminPort] = [await freePort(), await freePort()];
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
  const directoryFile = join(folder, 'directory.yaml');
  writeFileSync(directoryFile, JSON.stringify(DIRECTORY));
  const config: SiteConfig = {
    server: {
      listen: `127.0.0.1:${port}`,
      adminListen: `127.0.0.1:${adminPort}`,
      publicUrl: `http://localhost:${port}`,
      timeouts: { drainMs: 2000 },
    },
    platform: { issuers: [{ issuer: ISSUER, audience: [AUDIENCE], jwks: './jwks.json' }], cookie: COOKIE },
    roles: { sources: [{ kind: 'file', path: './directory.yaml' }] },
    deployments: [
      {
        id: 'dep',
        workspace: 'data-team',
        airflow: { version: '3.3', upstream: upstream.url, identity: { profile: 'none' } },
      },
    ],
    audit: { path: './audit.ndjson' },
  };
  change(config);
  const site: Site = {
    folder,
    configFile: join(folder, 'gateway.yaml'),
    directoryFile,
    auditFile: join(folder, 'audit.ndjson'),
    port,
    adminPort,
    upstream,
    config,
    token: (person, seconds = 600) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(person)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(privateKey),
    writeConfig: (next) =>
      writeFileSync(site.configFile, typeof next === 'string' ? next : JSON.stringify(next, null, 2)),
    audit: () => linesOf(site.auditFile),
    async close() {
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  site.writeConfig(config);
  return site;
}

export function linesOf(file: string): AuditLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): AuditLine => JSON.parse(line));
}

async function startUpstream(): Promise<RecordingUpstream> {
  const server = createServer((req, res) => {
    upstream.seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers });
    upstream.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const upstream: RecordingUpstream = {
    url: `http://127.0.0.1:${portOf(server)}`,
    server,
    seen: [],
    answer: (req, res) => {
      req.resume();
      res.setHeader('content-type', 'application/json');
      res.end('{"from":"upstream"}');
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return upstream;
}

export function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

export async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Writes bytes to a port and gives all that came back until the other side closed, or `waitMs` were over. */
export function speak(port: number, bytes: string | Buffer, waitMs = 3000): Promise<Spoken> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let closed = false;
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const timer = setTimeout(done, waitMs);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('end', () => (closed = true));
    socket.on('close', () => {
      closed = true;
      done();
    });
    socket.write(bytes);
  });
}

export interface Spoken {
  readonly text: string;
  /** The other side ended the connection. */
  readonly closed: boolean;
}

export function statusesOf({ text }: Spoken): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const giveUp = Date.now() + 15_000;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      if (Date.now() > giveUp) throw error;
    }
    if (Date.now() > giveUp) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
