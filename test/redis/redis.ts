import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';

const hasRedis =
  spawnSync('redis-server', ['--version']).status === 0 && spawnSync('redis-cli', ['--version']).status === 0;

/** A `describe` that says by name what was left out where there is no Redis. */
export function describeWithRedis(name: string, body: () => void): void {
  if (hasRedis) describe(name, body);
  else describe.skip(`${name} (left out: redis-server and redis-cli are not installed)`, body);
}

export interface RunningRedis {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** The bare program, as an operator would type it. */
  cli(...args: string[]): Promise<string>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const execute = promisify(execFile);

/** A real redis-server that keeps nothing. */
export async function startRedis(
  options: { port?: number; args?: readonly string[] } = {},
): Promise<RunningRedis> {
  const port = options.port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'role-redis-'));
  const child = spawn(
    'redis-server',
    [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--repl-diskless-sync-delay',
      '0',
      '--dir',
      folder,
      ...(options.args ?? []),
    ],
    { stdio: 'ignore' },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('redis-server did not start');
  const gone = once(child, 'exit');
  await eventually(() => answersPing(port), 'redis-server answers', 10_000);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    port,
    pid,
    url: `redis://127.0.0.1:${port}`,
    cli: async (...args) => (await execute('redis-cli', ['-p', `${port}`, ...args])).stdout.trim(),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

const FIRST_PORT = 20_000;
const PORTS = 12_000;
let tried = 0;

/**
 * A port nobody listens on, below those that the system gives to outgoing connections, and in another part for every
 * process: a port that is free now has to be free still when the program that was told about it starts.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + ((process.pid * 97 + tried++) % PORTS);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Waits until it is so. Throws with `what` where it does not come in time. Returns how long it took, milliseconds. */
export async function eventually(
  check: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 5000,
): Promise<number> {
  const startedAt = performance.now();
  while (!(await check())) {
    if (performance.now() - startedAt > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(5);
  }
  return performance.now() - startedAt;
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('data', () => settle(true));
  });
}
