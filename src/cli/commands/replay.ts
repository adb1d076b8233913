import type { Command } from 'commander';
import type { ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { load } from '../compose/load.js';
import { createRehearsal } from '../compose/rehearse.js';
import { composeServices } from '../compose/services.js';
import { targetLimitsOf } from '../compose/target-bytes.js';
import { readLogLines } from '../replay/log-lines.js';
import { readLine } from '../replay/read-line.js';
import { createRejudge } from '../replay/rejudge.js';
import { renderReport } from '../replay/render-report.js';
import { createTally, type ReplayReport } from '../replay/tally.js';
import { readRole } from './explain.js';

export interface ReplayOptions {
  readonly config: string;
  readonly role?: string;
  /** With `service`: who wrote the log, where that was not the gateway or the ingress. */
  readonly deployment?: string;
  readonly service: ServiceKind;
}

type Print = (text: string) => void;

export function addReplayCommand(
  program: Command,
  print: Print,
  readService: (value: string) => ServiceKind,
): void {
  program
    .command('replay')
    .description('Rehearse: what the requests of a log would get under this configuration. Sends nothing.')
    .argument('<log>', 'our audit log, or an access log: common, combined or JSON; - reads standard input')
    .requiredOption('--config <file>', 'configuration file')
    .option('--role <role>', 'judge every request as this role; needed for access logs, which know no roles')
    .option('--deployment <id>', 'the Deployment that wrote the log, if its targets lack the public path')
    .option('--service <service>', 'with --deployment: airflow or flower', readService, 'airflow' as const)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      '\nExamples:\n  airflow-auth-proxy replay --config new.yaml audit.ndjson\n  airflow-auth-proxy replay --config gateway.yaml --role VIEWER /var/log/nginx/access.log',
    )
    .action(async (log: string, { json, ...options }: ReplayOptions & { json: boolean }) => {
      const report = await replay(log === '-' ? process.stdin : log, options);
      print(json ? JSON.stringify(report) : renderReport(report));
    });
}

/**
 * Judges every request of a log again. Lines that are none are counted and named.
 *
 * @throws {AuthProxyError} `config` for a log that cannot be read, or that does not say who asked where `role` is not given
 */
export async function replay(
  log: string | AsyncIterable<Uint8Array>,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const role = options.role === undefined ? undefined : readRole(options.role);
  const { config, catalogs } = await load(options.config);
  const services = composeServices(config, catalogs);
  const writer =
    options.deployment === undefined
      ? undefined
      : { deployment: options.deployment, service: options.service };
  if (
    writer !== undefined &&
    !services.some((one) => one.deployment === writer.deployment && one.service === writer.service)
  )
    throw new AuthProxyError(
      'config',
      `deployment \`${writer.deployment}\` has no service \`${writer.service}\`; name one of the configuration`,
    );
  const rehearsal = createRehearsal(services, targetLimitsOf(config.server.limits));
  const rejudge = createRejudge({ services, rehearsal, role, writer });
  const tally = createTally();
  for await (const line of readLogLines(log)) {
    const reading = readLine(line);
    switch (reading.kind) {
      case 'request':
        tally.countRequest(line.number, reading.request, rejudge(reading.request));
        break;
      case 'other':
        tally.countOther();
        break;
      case 'unreadable':
        tally.countUnreadable(line.number, reading.why);
        break;
      default:
        reading satisfies never;
    }
  }
  return tally.report();
}
