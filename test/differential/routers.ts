import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureVenv } from '../e2e/fixtures/venv.js';
import type { Stack } from './stacks.js';

/** What a server made of one request. */
export interface Seen {
  /** Number of the row it would run; null where it would run none (404, 405, redirect, refusal). */
  readonly row: number | null;
  /** The path it compared; null where it refused the message. */
  readonly path: string | null;
  /** Decoded keys of the query, sorted, without doubles. */
  readonly keys: readonly string[];
  readonly why: string | null;
}

export type Case = readonly [method: string, target: string];

export interface Routers {
  see(stack: Stack, cases: readonly Case[]): Promise<readonly Seen[]>;
  close(): Promise<void>;
}

const HERE = import.meta.dirname;

/** Long-lived Python processes, one for each environment, started and installed when first asked. */
export function createRouters(): Routers {
  const processes = new Map<string, Promise<Talk>>();
  const loaded = new Map<string, Promise<unknown>>();

  function talkTo(environment: string): Promise<Talk> {
    const known = processes.get(environment);
    if (known !== undefined) return known;
    const started = ensureVenv(environment, join(HERE, 'pins')).then((venv) => startTalk(venv.bin('python')));
    processes.set(environment, started);
    return started;
  }

  return {
    async see(stack, cases) {
      const talk = await talkTo(stack.environment);
      const { name, parser, rows, prefix } = stack;
      if (!loaded.has(name)) loaded.set(name, talk.ask({ kind: 'load', name, parser, rows, prefix }));
      await loaded.get(name);
      const answer = (await talk.ask({ kind: 'ask', name, cases })) as { readonly seen: readonly Seen[] };
      return answer.seen;
    },
    async close() {
      for (const started of processes.values()) await (await started).close();
    },
  };
}

interface Talk {
  ask(message: unknown): Promise<unknown>;
  close(): Promise<void>;
}

function startTalk(python: string): Talk {
  const child: ChildProcessWithoutNullStreams = spawn(python, ['-W', 'ignore', 'worker.py'], {
    cwd: join(HERE, 'router'),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-4000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the router process ended: ${complaint}`));
  });
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(message)}\n`);
      }),
    close: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.stdin.end();
      }),
  };
}
