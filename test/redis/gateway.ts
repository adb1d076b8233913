import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { stringify } from 'yaml';
import { eventually, freePort } from './redis.js';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** The platform of a test: issuer, keys, and tokens for anybody. */
export interface Platform {
  readonly folder: string;
  readonly issuer: object;
  token(user: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): void;
}

export async function createPlatform(): Promise<Platform> {
  const folder = mkdtempSync(join(tmpdir(), 'role-platform-'));
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
  return {
    folder,
    issuer: { issuer: 'https://platform.test', audience: ['proxy'], jwks: join(folder, 'jwks.json') },
    token: (user, claims = {}) =>
      new SignJWT({ iat: Math.floor(Date.now() / 1000) - 5, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('https://platform.test')
        .setAudience('proxy')
        .setSubject(user)
        .setExpirationTime('1h')
        .sign(privateKey),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An upstream that answers everything, and streams task logs for ever. */
export async function startUpstream(): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    if (req.url?.includes('/logs/') !== true) {
      res.end('{}');
      return;
    }
    const timer = setInterval(() => res.write('line\n'), 20);
    res.on('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, server };
}

export interface Answer {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestGateway {
  readonly url: string;
  ask(token: string, path?: string, method?: string): Promise<Answer>;
  /** Opens an answer and leaves it open. */
  open(token: string, path: string): Promise<IncomingMessage>;
  admin(path: string): Promise<Answer>;
  logs(): { readonly level: string; readonly message: string; readonly source?: string }[];
  stop(): Promise<void>;
}

export const DAGS = '/d1/airflow/api/v2/dags';
export const VARIABLES = '/d1/airflow/api/v2/variables';
export const LOGS = '/d1/airflow/api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1';

/** The built program, with these role sources and one Deployment `d1` of Workspace `w`. */
export async function startGateway(options: {
  readonly platform: Platform;
  readonly upstream: string;
  readonly sources: readonly object[];
  readonly configure?: (config: Record<string, unknown>) => void;
}): Promise<TestGateway> {
  if (!existsSync(MAIN)) throw new Error('`dist/main.js` is not there; npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'role-gateway-'));
  const [port, adminPort] = [await freePort(), await freePort()];
  const config: Record<string, unknown> = {
    server: { listen: `127.0.0.1:${port}`, adminListen: `127.0.0.1:${adminPort}`, stateDir: folder },
    platform: { issuers: [options.platform.issuer] },
    roles: { sources: options.sources },
    deployments: [
      {
        id: 'd1',
        workspace: 'w',
        airflow: { version: '3.3', upstream: options.upstream, identity: { profile: 'none' } },
      },
    ],
    audit: { path: join(folder, 'audit.ndjson') },
  };
  options.configure?.(config);
  writeFileSync(join(folder, 'gateway.yaml'), stringify(config));
  const logFile = join(folder, 'gateway.log');
  writeFileSync(logFile, '');
  const child = spawn(process.execPath, [MAIN, 'serve', '--config', join(folder, 'gateway.yaml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (part: Buffer) => writeFileSync(logFile, part, { flag: 'a' }));
  const exited = once(child, 'exit');
  const agent = new Agent({ keepAlive: true });
  const url = `http://127.0.0.1:${port}`;

  function send(target: string, token: string | undefined, method: string): Promise<IncomingMessage> {
    return new Promise((done, failed) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      request(target, { agent, method, headers }, done).on('error', failed).end();
    });
  }
  async function ask(target: string, token: string | undefined, method = 'GET'): Promise<Answer> {
    const response = await send(target, token, method);
    const reason = response.headers['x-auth-proxy-reason'];
    return {
      status: response.statusCode ?? 0,
      reason: typeof reason === 'string' ? reason : undefined,
      headers: response.headers,
      body: await text(response),
    };
  }

  const alive = () =>
    new Promise<boolean>((done) => {
      get(`http://127.0.0.1:${adminPort}/healthz`, (response) =>
        done(response.resume().statusCode === 200),
      ).on('error', () => done(false));
    });
  await eventually(async () => child.exitCode !== null || (await alive()), 'the gateway listens', 15_000);
  if (child.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8'));

  return {
    url,
    ask: (token, path = DAGS, method = 'GET') => ask(`${url}${path}`, token, method),
    open: (token, path) => send(`${url}${path}`, token, 'GET'),
    admin: (path) => ask(`http://127.0.0.1:${adminPort}${path}`, undefined),
    logs: () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    async stop() {
      agent.destroy();
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
