import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, readEnvironment } from '../../config/environment.js';
import { createLog } from '../../observe/log.js';
import { DEMO_AIRFLOW_VERSION, prepareDemoAirflow } from '../demo/airflow-demo.js';
import { createProgressPrinter, type OnProgress } from '../demo/progress.js';
import { findRunningAirflow } from '../demo/running-airflow.js';
import { STAND_IN_WARNING, startStandIn } from '../demo/stand-in.js';
import { type DemoUpstream, writeDemoConfig } from '../demo/write-config.js';
import { untilStopped } from './run-server.js';
import { serve } from './serve.js';

const PUBLIC_URL = 'http://localhost:8084';
const DEPLOYMENT = 'demo';

/**
 * The main job on a fresh machine: a real Airflow with its example DAGs, the gateway with the embedded development
 * issuer in front of it, and three people to sign in as. Ends with what it started.
 */
export async function demo({ standIn }: { readonly standIn: boolean }): Promise<number> {
  const environment = readEnvironment();
  const projectFolder = fileURLToPath(new URL('../../../', import.meta.url));
  const folder = join(projectFolder, '.demo');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const onProgress = createProgressPrinter(process.stderr);
  const interrupted = new AbortController();
  const stopped = untilStopped(() => undefined).then((signal) => {
    interrupted.abort();
    return signal;
  });

  const upstream = await startUpstream({
    standIn,
    environment,
    projectFolder,
    folder,
    onProgress,
    signal: interrupted.signal,
  });
  try {
    const config = writeDemoConfig({ folder, upstream, deployment: DEPLOYMENT, publicUrl: PUBLIC_URL });
    const gateway = await serve(config.file, createLog({ level: 'warn' }));
    try {
      process.stdout.write(welcome(config.people, `${PUBLIC_URL}${upstream.path}/`, upstream.notice));
      await stopped;
    } finally {
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
  }
  return 0;
}

interface StartUpstream {
  readonly standIn: boolean;
  readonly environment: Environment;
  readonly projectFolder: string;
  readonly folder: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

async function startUpstream(options: StartUpstream): Promise<DemoUpstream> {
  const { standIn, environment, onProgress, signal } = options;
  const path = `/${DEPLOYMENT}/airflow`;
  const running = environment.AIRFLOW_URL;
  if (running !== undefined) return findRunningAirflow(running, environment.AIRFLOW_JWT_SECRET);

  const jwtSecret = keptSecret(join(options.folder, 'airflow-jwt-secret'));
  if (standIn) {
    const started = await startStandIn({ basePath: path, jwtSecret });
    return { ...started, path, version: DEMO_AIRFLOW_VERSION, jwtSecret, notice: STAND_IN_WARNING };
  }
  const airflow = await prepareDemoAirflow({
    projectFolder: options.projectFolder,
    publicUrl: PUBLIC_URL,
    basePath: path,
    jwtSecret,
    environment,
    onProgress,
    signal,
  });
  return { ...airflow, path, version: DEMO_AIRFLOW_VERSION, jwtSecret, notice: undefined };
}

/** Made once, so that what runs from an earlier start still agrees. */
function keptSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(48).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function welcome(
  people: readonly { id: string; does: string }[],
  url: string,
  notice: string | undefined,
): string {
  const lines = [
    '',
    ...(notice === undefined ? [] : [`  ${notice}`, '']),
    `  Airflow, behind the gateway:  ${url}`,
    '',
    '  Sign in as',
    ...people.map(({ id, does }) => `    ${id.padEnd(5)} ${does}`),
    '',
    '  Ctrl-C ends everything.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}
