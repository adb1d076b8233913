import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../../config/environment.js';
import { AuthProxyError } from '../../domain/errors.js';

export interface ChildOptions {
  /** What people call it, for messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Takes its output; appended to. */
  readonly logFile: string;
  /** The whole environment, nothing is inherited. */
  readonly environment: Environment;
  readonly cwd?: string;
}

/** A program we started. `stop` ends it and everything it started itself, and nothing else. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Exit code once it ended, name of the signal where one ended it, undefined while it runs. */
  exit(): string | undefined;
  /** The last lines of its output, for error messages. */
  logTail(lines?: number): string;
  signal(signal: NodeJS.Signals): void;
  /** Rejects with the tail of the log when it still runs after `timeoutMs`. */
  waitForExit(timeoutMs: number): Promise<string>;
  /** SIGTERM, and SIGKILL after `graceMs`. Stopping twice does no harm. */
  stop(graceMs?: number): Promise<void>;
}

const GRACE_MS = 15_000;

const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});

/**
 * Starts a program as leader of a process group of its own, so that a signal reaches what it starts itself, and
 * Ctrl-C reaches us alone. Should this process end before it was stopped, the group is killed.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.environment,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  const pid = await pidOf(child, options);
  running.add(pid);
  let exit: string | undefined;
  ended.then((how) => {
    exit = how;
  });
  const logTail = (lines = 25) =>
    readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  return {
    name,
    pid,
    logFile,
    exit: () => exit,
    logTail,
    signal: (signal) => {
      process.kill(pid, signal);
    },
    waitForExit: (timeoutMs) =>
      within(
        timeoutMs,
        ended,
        () => new AuthProxyError('upstream', `${name} still runs after ${timeoutMs} ms\n${logTail()}`),
      ),
    stop: async (graceMs = GRACE_MS) => {
      if (exit === undefined) signalGroup(pid, 'SIGTERM');
      await within(graceMs, ended, () => new Error('too slow')).catch(() => undefined);
      signalGroup(pid, 'SIGKILL');
      await ended;
      running.delete(pid);
    },
  };
}

export interface RunOptions extends ChildOptions {
  readonly timeoutMs: number;
  /** Aborting ends the program, and rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end; rejects with the tail of its output unless it exits 0. */
export async function runChild(options: RunOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const child = await startChild(options);
  const abort = () => void child.stop();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    const exit = await child.waitForExit(options.timeoutMs);
    options.signal?.throwIfAborted();
    if (exit !== '0') {
      throw new AuthProxyError('upstream', `${options.name} ended with ${exit}\n${child.logTail()}`);
    }
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await child.stop();
  }
}

async function pidOf(child: ChildProcess, options: ChildOptions): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  return new Promise((_, reject) => {
    child.once('error', (cause) => {
      reject(
        new AuthProxyError('upstream', `could not start ${options.name}: \`${options.command}\``, { cause }),
      );
    });
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the whole group is gone, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function within<T>(timeoutMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}
