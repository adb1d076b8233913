import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/environment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { type Child, runChild, startChild } from './child.js';
import { type OnProgress, withTicks } from './progress.js';

export interface StartOptions {
  /** The virtual environment. */
  readonly venv: string;
  /** Keeps database and logs between starts. */
  readonly home: string;
  /** Scheme and authority people use, that is the gateway's. */
  readonly publicUrl: string;
  /** For example `/demo/airflow`, without a final slash. */
  readonly basePath: string;
  /** Signs our assertions and Airflow's own task tokens. */
  readonly jwtSecret: string;
  readonly environment: Environment;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

export interface DemoAirflow {
  /** Where it really listens, on loopback, without the base path. */
  readonly url: string;
  stop(): Promise<void>;
}

const STEP_TIMEOUT_MS = 300_000;
const READY_TIMEOUT_MS = 300_000;

/**
 * Starts a whole Airflow 3 with its example DAGs, its API server on a free loopback port.
 * Trusted here: everybody on this machine who can reach that port still needs a token signed with `jwtSecret`.
 * Rejects with the tail of the log when it does not come up.
 */
export async function startAirflow(options: StartOptions): Promise<DemoAirflow> {
  const { home, onProgress, signal } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = { ...options.environment, ...airflowEnvironment(options, `${url}${options.basePath}`) };
  const command = join(options.venv, 'bin', 'airflow');
  const program = (args: readonly string[], logName: string) => ({
    name: `airflow ${args[0] ?? ''}`,
    command,
    args,
    logFile: join(home, `${logName}.log`),
    environment,
  });
  await prepare(options, (args) =>
    runChild({ ...program(args, 'prepare'), timeoutMs: STEP_TIMEOUT_MS, signal }),
  );
  const children: Child[] = [];
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
  };
  try {
    onProgress({
      kind: 'step',
      text: 'starting Airflow: API server, scheduler, DAG processor and triggerer',
    });
    const listen = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
    children.push(await startChild(program(['api-server', ...listen], 'api-server')));
    children.push(await startChild(program(['scheduler', '--skip-serve-logs'], 'scheduler')));
    children.push(await startChild(program(['dag-processor'], 'dag-processor')));
    children.push(await startChild(program(['triggerer', '--skip-serve-logs'], 'triggerer')));
    const ready = waitUntilReady(children, `${url}${options.basePath}/api/v2/version`, signal);
    await withTicks(onProgress, () => 'waiting for its first answer', ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** Database and example DAGs, once for every home. */
async function prepare(
  options: StartOptions,
  airflow: (args: readonly string[]) => Promise<void>,
): Promise<void> {
  const marker = join(options.home, 'prepared');
  if (existsSync(marker)) return;
  rmSync(options.home, { recursive: true, force: true });
  mkdirSync(options.home, { recursive: true });
  options.onProgress({ kind: 'step', text: 'making its database and reading the example DAGs (once)' });
  await withTicks(options.onProgress, () => 'making the database', airflow(['db', 'migrate']));
  await withTicks(options.onProgress, () => 'reading the example DAGs', airflow(['dags', 'reserialize']));
  writeFileSync(marker, '');
}

async function waitUntilReady(
  children: readonly Child[],
  url: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    const ended = children.find((child) => child.exit() !== undefined);
    if (ended !== undefined) {
      throw new AuthProxyError('upstream', `${ended.name} ended with ${ended.exit()}\n${ended.logTail()}`);
    }
    if (await answersVersion(url)) return;
    await sleep(500);
  }
  throw new AuthProxyError(
    'upstream',
    `airflow did not answer within ${READY_TIMEOUT_MS / 1000} s\n${children.map((child) => child.logTail(10)).join('\n')}`,
  );
}

/** By content: Airflow 3 answers 200 with a page to every path it does not know. */
async function answersVersion(url: string): Promise<boolean> {
  try {
    const body: unknown = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).json();
    return typeof body === 'object' && body !== null && 'version' in body;
  } catch {
    return false;
  }
}

/** Enough for SimpleAuthManager to believe HS512 tokens (airflow-core 3.3.2, [api_auth] jwt_secret). */
function airflowEnvironment(options: StartOptions, baseUrl: string): Record<string, string> {
  return {
    AIRFLOW_HOME: options.home,
    AIRFLOW__CORE__LOAD_EXAMPLES: 'True',
    AIRFLOW__CORE__DAGS_FOLDER: join(options.home, 'dags'),
    AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
    AIRFLOW__CORE__PARALLELISM: '2',
    // Nobody can sign in at Airflow itself: its default would be an admin whose password goes to the log.
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: 'nobody:viewer',
    // Only the core routes also answer without the base path, the execution API is a mount below it.
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${baseUrl}/execution/`,
    AIRFLOW__API__BASE_URL: `${options.publicUrl}${options.basePath}`,
    AIRFLOW__API__EXPOSE_CONFIG: 'non-sensitive-only',
    AIRFLOW__API_AUTH__JWT_SECRET: options.jwtSecret,
    PYTHONWARNINGS: 'ignore',
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
