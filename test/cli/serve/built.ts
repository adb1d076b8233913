import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

export interface Built {
  readonly process: ChildProcess;
  /** What it wrote to standard error so far, whole lines parsed where they are JSON. */
  readonly log: () => readonly Record<string, unknown>[];
  readonly text: () => string;
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Runs the built product. */
export function startBuilt(args: readonly string[], cwd: string): Built {
  if (!existsSync(MAIN)) throw new Error('`dist/main.js` is not there; npm run build');
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const ended = once(child, 'close').then(([status]) => status as number | null);
  return {
    process: child,
    text: () => text,
    log: () =>
      text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line): Record<string, unknown> => JSON.parse(line)),
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
