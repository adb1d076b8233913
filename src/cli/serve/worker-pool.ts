import cluster, { type Worker } from 'node:cluster';
import { AuthProxyError } from '../../domain/errors.js';
import type { Readiness } from '../../http/admin/readiness.js';
import type { Log } from '../../observe/log.js';
import { type MetricsAsk, WORKER_VARIABLE, type WorkerMessage } from './worker.js';

export interface WorkerPool {
  /** What each running worker last said of itself; undefined until it has. */
  readiness(): readonly (Readiness | undefined)[];
  /** What each worker counts. Those that do not answer in time are left out. */
  snapshots(): Promise<readonly (readonly object[])[]>;
  signal(name: NodeJS.Signals): void;
  /** Replaces nobody from here on; resolves when all are gone. Those that stay longer than `graceMs` are killed. */
  stop(graceMs: number): Promise<void>;
}

const ASK_MS = 2000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** Who lived so long was well: the next death starts the delays anew. */
const SETTLED_MS = 60_000;

interface Member {
  readonly index: number;
  worker: Worker;
  startedAt: number;
  /** Deaths in a row. */
  deaths: number;
  readiness: Readiness | undefined;
}

/**
 * Starts `count` processes of this program and keeps them: one that ends is replaced, with growing delays where it
 * keeps ending. Rejects when one ends before it listened the first time, with none left running.
 */
export async function startWorkers(count: number, log: Log): Promise<WorkerPool> {
  const members = new Map<number, Member>();
  const delays = new Set<NodeJS.Timeout>();
  const answers = new Map<number, (index: number, snapshot: readonly object[]) => void>();
  let asks = 0;
  let stopping = false;

  function start(index: number, deaths: number): Worker {
    const worker = cluster.fork({ [WORKER_VARIABLE]: `${index}/${count}` });
    const member: Member = { index, worker, startedAt: Date.now(), deaths, readiness: undefined };
    members.set(index, member);
    log.info('a worker started', { worker: index, pid: worker.process.pid });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'readiness') member.readiness = message.readiness;
      else if (message.kind === 'metrics') answers.get(message.ask)?.(index, message.snapshot);
    });
    // A worker that just ended cannot be told anything.
    worker.on('error', (cause) => log.warn('a worker could not be told', { worker: index, cause }));
    worker.on('exit', () => ended(member));
    return worker;
  }

  function ended(member: Member): void {
    const { index, worker, startedAt } = member;
    members.delete(index);
    if (stopping) return;
    const deaths = Date.now() - startedAt > SETTLED_MS ? 0 : member.deaths;
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** deaths);
    log.error('a worker ended; another one takes its place', {
      worker: index,
      ...(worker.process.pid === undefined ? {} : { pid: worker.process.pid }),
    });
    const timer = setTimeout(() => {
      delays.delete(timer);
      start(index, deaths + 1);
    }, delayMs);
    delays.add(timer);
  }

  async function stop(graceMs: number): Promise<void> {
    stopping = true;
    for (const timer of delays) clearTimeout(timer);
    const gone = [...members.values()].map(
      ({ worker }) => new Promise<void>((resolve) => worker.once('exit', () => resolve())),
    );
    signal('SIGTERM');
    const timer = setTimeout(() => signal('SIGKILL'), graceMs);
    await Promise.all(gone);
    clearTimeout(timer);
  }

  function signal(name: NodeJS.Signals): void {
    for (const { worker } of members.values()) worker.process.kill(name);
  }

  const first = Array.from({ length: count }, (_, at) => start(at + 1, 0));
  try {
    await Promise.all(first.map(untilListening));
  } catch (error) {
    await stop(0);
    throw error;
  }

  return {
    readiness: () => Array.from({ length: count }, (_, at) => members.get(at + 1)?.readiness),
    snapshots() {
      const ask = asks++;
      const found = new Map<number, readonly object[]>();
      const asked = [...members.values()].filter(({ worker }) => worker.isConnected());
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          answers.delete(ask);
          resolve([...found.values()]);
        };
        const timer = setTimeout(done, ASK_MS);
        answers.set(ask, (index, snapshot) => {
          found.set(index, snapshot);
          if (found.size === asked.length) done();
        });
        const message: MetricsAsk = { kind: 'ask-metrics', ask };
        for (const { worker } of asked) worker.send(message);
        if (asked.length === 0) done();
      });
    },
    signal,
    stop,
  };
}

function untilListening(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    // Its last listener is the public door, but the first one says that it got through the configuration and keys.
    worker.once('listening', () => resolve());
    worker.once('exit', () =>
      reject(new AuthProxyError('config', 'a worker ended before it listened; its message stands above')),
    );
  });
}
