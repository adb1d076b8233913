import { createLog } from '../../observe/log.js';
import { workerPart } from '../serve/worker.js';
import { serve } from './serve.js';
import { serveCluster, workersOf } from './serve-cluster.js';

/** After the end nothing should keep the process; should something do so all the same, it is not waited for. */
const LINGER_MS = 1000;

/** `serve`: runs until a signal ends it. Resolves with the exit status. */
export async function runServer(config: string): Promise<number> {
  const log = createLog({ level: 'info' });
  const worker = workerPart();
  const gateway =
    worker === undefined && (await workersOf(config)) > 1
      ? await serveCluster(config, log)
      : await serve(config, log, worker);
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
