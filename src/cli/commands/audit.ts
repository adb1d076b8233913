import { type Command, InvalidArgumentError } from 'commander';
import { queryRecords, type RecordFilter } from '../../audit/query.js';
import { verifyChain } from '../../audit/verify.js';

type Print = (text: string) => void;
type Exit = (status: number) => void;

/** `audit verify` and `audit query`. */
export function addAuditCommands(program: Command, print: Print, exit: Exit): void {
  const audit = program.command('audit').description('Read and check audit files.');

  audit
    .command('verify')
    .description('Check the chain of an audit file; name the first bad line.')
    .argument('<file>', 'audit file')
    .action(async (file: string) => exit(await verify(file, print)));

  audit
    .command('query')
    .description('Print the records that match, one JSON object a line.')
    .argument('<file>', 'audit file')
    .option('--user <id>', 'principal; a program is service-account:<id>')
    .option('--deployment <id>', 'Deployment')
    .option('--reason <reason>', 'like insufficient-permission')
    .option('--since <time>', 'ISO 8601, inclusive', readTime)
    .option('--until <time>', 'ISO 8601, exclusive', readTime)
    .action(async (file: string, options: QueryOptions) => {
      for await (const { line } of queryRecords(file, toFilter(options))) print(line);
    });
}

interface QueryOptions {
  readonly user?: string;
  readonly deployment?: string;
  readonly reason?: string;
  readonly since?: number;
  readonly until?: number;
}

function toFilter({ since, until, ...named }: QueryOptions): RecordFilter {
  return {
    ...named,
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
  };
}

async function verify(file: string, print: Print): Promise<number> {
  const report = await verifyChain(file);
  if (report.kind === 'broken') {
    print(`${file}:${report.line} ${report.why}`);
    return 1;
  }
  const torn =
    report.tornLines.length === 0 ? '' : `; a process died over line ${report.tornLines.join(', ')}`;
  print(`${report.records} records, chain intact${torn}`);
  return 0;
}

function readTime(value: string): number {
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new InvalidArgumentError('write a time like 2026-11-22T17:00:00Z.');
  return time;
}
