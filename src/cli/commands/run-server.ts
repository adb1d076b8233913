import { createLog } from '../../observe/log.js';
import { check, formatReport } from './check.js';
import { serve } from './serve.js';

/** `serve`: runs until a signal ends it. Resolves with the exit status. */
export async function runServer(config: string): Promise<number> {
  const report = await check(config);
  if (report.faults.length > 0) {
    process.stderr.write(`${formatReport(report)}\n`);
    return 1;
  }
  const log = createLog({ level: 'info' });
  const gateway = await serve(config, log);
  const signal = await untilStopped((name) => {
    log.info('reloading', { signal: name });
    void gateway.reload();
  });
  log.info('stopping', { signal });
  await gateway.stop();
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
