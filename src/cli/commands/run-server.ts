import { createLog, type Log } from '../../observe/log.js';
import { loadChecked } from '../serve/reload.js';
import { type Worker, workerPart } from '../serve/worker.js';
import { type Gateway, serve } from './serve.js';
import { serveCluster, workersOf } from './serve-cluster.js';

/** After the end nothing should keep the process; should something do so all the same, it is not waited for. */
const LINGER_MS = 1000;

/** `serve`: runs until a signal ends it. Resolves with the exit status. */
export async function runServer(config: string): Promise<number> {
  const log = createLog({ level: 'info' });
  const worker = workerPart();
  const gateway = await start(config, log, worker);
  const signal = await untilStopped((name) => {
    log.info('reloading', { signal: name });
    void gateway.reload();
  });
  log.info('stopping', { signal });
  await gateway.stop();
  worker?.end();
  setTimeout(() => process.exit(0), LINGER_MS).unref();
  return 0;
}

async function start(config: string, log: Log, worker: Worker | undefined): Promise<Gateway> {
  if (worker === undefined) {
    const loaded = await loadChecked(config);
    return workersOf(loaded) > 1 ? serveCluster(loaded, log) : serve(config, log, { loaded });
  }
  try {
    return await serve(config, log, { worker });
  } catch (error) {
    worker.end();
    throw error;
  }
}

/** Waits for SIGTERM or SIGINT; SIGHUP calls `reload` each time. A second signal to stop ends the process at once. */
export function untilStopped(reload: (signal: string) => void): Promise<string> {
  process.on('SIGHUP', () => reload('SIGHUP'));
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        process.once(name, () => process.exit(1));
        resolve(name);
      });
    }
  });
}
