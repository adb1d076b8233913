import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { createAdminDoor } from '../../http/admin/door.js';
import type { Readiness, ReadinessCheck } from '../../http/admin/readiness.js';
import { aggregateMetrics } from '../../observe/aggregate.js';
import type { Log } from '../../observe/log.js';
import type { Loaded } from '../compose/load.js';
import { packageVersion } from '../package-version.js';
import { closeServer, listen } from '../serve/listen.js';
import { startWorkers } from '../serve/worker-pool.js';
import type { Gateway } from './serve.js';

/** What a worker has beyond its drain time before it is killed. */
const STOP_MARGIN_MS = 10_000;

/** How many processes the configuration asks for. */
export function workersOf({ config }: Loaded): number {
  const { workers } = config.server;
  return workers === 'auto' ? availableParallelism() : workers;
}

/**
 * Several processes behind one public address, each a whole gateway without an admin door. This process serves that
 * door for all of them, passes signals on and replaces who ends. Each worker writes an audit file of its own.
 */
export async function serveCluster(loaded: Loaded, log: Log): Promise<Gateway> {
  const { server } = loaded.config;
  const workers = await startWorkers(workersOf(loaded), log);
  let draining = false;
  let stopping: Promise<void> | undefined;
  const adminDoor = createServer(
    createAdminDoor({
      metrics: { expose: async () => aggregateMetrics(await workers.snapshots()) },
      readiness: () => ({ draining, checks: joinReadiness(workers.readiness()) }),
      version: packageVersion(),
      onError: (cause) => log.error('the admin door failed', { cause }),
    }),
  );
  try {
    await listen(adminDoor, server.adminListen, 'server.adminListen', log);
  } catch (error) {
    await workers.stop(0);
    throw error;
  }

  return {
    reload: async () => workers.signal('SIGHUP'),
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<void> {
    draining = true;
    const { drainDelayMs, drainMs } = server.timeouts;
    await workers.stop(drainDelayMs + drainMs + STOP_MARGIN_MS);
    adminDoor.closeAllConnections();
    await closeServer(adminDoor);
  }
}

const WORST = ['waiting', 'failing', 'ok'] as const satisfies readonly ReadinessCheck['state'][];

/** Each check as the worker that is worst off says it, and whether all workers are there. */
export function joinReadiness(workers: readonly (Readiness | undefined)[]): readonly ReadinessCheck[] {
  const there = workers.filter((one) => one !== undefined);
  const worst = new Map<string, ReadinessCheck>();
  for (const check of there.flatMap(({ checks }) => checks)) {
    const known = worst.get(check.name);
    if (known === undefined || WORST.indexOf(check.state) < WORST.indexOf(known.state)) {
      worst.set(check.name, check);
    }
  }
  const state = there.length === 0 ? 'waiting' : there.length < workers.length ? 'failing' : 'ok';
  const detail = `${there.length} of ${workers.length} run`;
  return [{ name: 'workers', state, detail }, ...worst.values()];
}
