import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { FaultsError, formatFault } from '../domain/errors.js';
import { addAuditCommands } from './commands/audit.js';
import { check, formatLive, formatReport } from './commands/check.js';
import { addCoverageCommand } from './commands/coverage.js';
import { demo } from './commands/demo.js';
import { writeDocs } from './commands/docs.js';
import { explain, isService } from './commands/explain.js';
import { addKeysCommands } from './commands/keys.js';
import { addLoginCommand } from './commands/login.js';
import { addMatrixCommand } from './commands/matrix.js';
import { addReplayCommand } from './commands/replay.js';
import { addRolesCommands } from './commands/roles.js';
import { runServer } from './commands/run-server.js';
import { addServiceAccountCommands } from './commands/service-account.js';
import { mintToken } from './commands/token-mint.js';
import { parseDurationSeconds } from './duration.js';
import { checkLive } from './live/check-live.js';
import { packageVersion } from './package-version.js';

/** Runs one command line. Returns the exit status: 0 did it, 1 bad input. */
export async function run(argv: readonly string[]): Promise<number> {
  let status = 0;
  const program = createProgram((code) => {
    status = code;
  });
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
  return status;
}

const FIRST_STEPS = `
First steps:
  airflow-auth-proxy demo                          see it at work, with three people to sign in as
  airflow-auth-proxy check --config gateway.yaml   name every fault of a configuration
  airflow-auth-proxy serve --config gateway.yaml   run it
  airflow-auth-proxy explain --help                ask why a request is allowed or denied

Exit status: 0 did it, 1 bad input. Logs go to standard error, answers to standard output.`;

function createProgram(exit: (status: number) => void): Command {
  const program = new Command('airflow-auth-proxy')
    .description('A role-aware reverse proxy in front of Apache Airflow and Flower.')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(add --help for what can be said here)')
    .addHelpText('after', FIRST_STEPS);

  program
    .command('serve')
    .description('Run the gateway. SIGTERM drains and ends it, SIGHUP reloads configuration and directory.')
    .requiredOption('--config <file>', 'configuration file')
    .addHelpText('after', '\nExample:\n  airflow-auth-proxy serve --config gateway.yaml')
    .action(async ({ config }) => exit(await runServer(config)));

  program
    .command('check')
    .description('Print all faults of a configuration as FILE:LINE message, and what to do about each.')
    .requiredOption('--config <file>', 'configuration file')
    .option('--live', 'ask each upstream for its version and whether it takes our assertion', false)
    .addHelpText('after', '\nExample:\n  airflow-auth-proxy check --config gateway.yaml && echo fine')
    .action(async ({ config, live }) => {
      const report = await check(config);
      print(formatReport(report));
      const findings = live && report.loaded !== undefined ? await checkLive(report.loaded) : [];
      if (findings.length > 0) print(formatLive(findings));
      exit(report.faults.length === 0 && findings.every(({ kind }) => kind !== 'fault') ? 0 : 1);
    });

  program
    .command('explain')
    .description('Say what the gateway would answer to a request, and why. Judged as a Bearer caller.')
    .argument('<method>', 'GET, POST, …')
    .argument('<target>', 'request target, with or without the path of the service')
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--deployment <id>', 'Deployment')
    .requiredOption('--role <role>', 'EDITOR is WORKSPACE_EDITOR; or a full name like DEPLOYMENT_VIEWER')
    .option('--service <service>', 'airflow or flower', readService, 'airflow' as const)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      '\nExample:\n  airflow-auth-proxy explain --config gateway.yaml --deployment quasarian-sun-1234 --role EDITOR GET /api/v2/variables',
    )
    .action(async (method, target, options) => print(await explain(method, target, options)));

  addMatrixCommand(program, print);
  addReplayCommand(program, print, readService);
  addCoverageCommand(program, print, readService);

  program
    .command('token')
    .description('Platform tokens for development.')
    .command('mint')
    .description('Print a token of the embedded development issuer. Refuses without development.issuer.')
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--user <id>', 'principal')
    .option('--ttl <duration>', 'like 90s, 15m, 1h', readDuration, 60 * 60)
    .addHelpText(
      'after',
      '\nExample:\n  curl -H "Authorization: Bearer $(airflow-auth-proxy token mint --config gateway.yaml --user ada)" …',
    )
    .action(async ({ config, user, ttl }) => print(await mintToken({ config, user, ttlSeconds: ttl })));

  addKeysCommands(program, print);
  addRolesCommands(program, print, exit);
  addServiceAccountCommands(program, print, exit);
  addAuditCommands(program, print, exit);
  addLoginCommand(program, print);

  program
    .command('demo')
    .description(
      'Start a real Airflow with example DAGs and the gateway in front of it, with three people to sign in as.',
    )
    .option('--stand-in', 'an embedded stand-in instead of Airflow, for a machine without Python', false)
    .addHelpText(
      'after',
      '\nAIRFLOW_URL=http://127.0.0.1:8080 puts the gateway in front of a running Airflow instead.',
    )
    .action(async ({ standIn }) => exit(await demo({ standIn })));

  program
    .command('docs', { hidden: true })
    .description('Write the generated documents of a checkout anew.')
    .action(() => writeDocs());

  return program;
}

function readService(value: string) {
  if (isService(value)) return value;
  throw new InvalidArgumentError('write airflow or flower.');
}

function readDuration(value: string): number {
  const seconds = parseDurationSeconds(value);
  if (seconds === undefined) throw new InvalidArgumentError('write a duration like 90s, 15m, 1h or 7d.');
  return seconds;
}

/** A reader that closes early, as `head` does, has what it wanted. */
function print(text: string): void {
  if (process.stdout.listenerCount('error') === 0) {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.stdout.write(`${text}\n`);
}

/** One line for each fault; a stack is for bugs. */
export function messageOf(error: unknown): string {
  if (error instanceof FaultsError) return error.faults.map(formatFault).join('\n');
  return error instanceof Error ? error.message : String(error);
}
