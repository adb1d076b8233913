import { createHash, randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import type { RoleStore, StoredServiceAccount } from '../../directory/role-store.js';
import { AuthProxyError } from '../../domain/errors.js';
import type { Level } from '../../domain/role.js';
import { chooseStore, withStores } from '../compose/stores.js';
import { describePlace, readLevel } from './roles.js';

type Print = (text: string) => void;
type Exit = (status: number) => void;

interface Options {
  readonly config: string;
  readonly source?: string;
  readonly json?: boolean;
}

const KEY_BYTES = 24;

/** `service-account create|list|revoke`. A key is shown once, when it is made, and stored nowhere. */
export function addServiceAccountCommands(program: Command, print: Print, exit: Exit): void {
  const command = program.command('service-account').description('Programs with a key of their own.');

  command
    .command('create')
    .description('Make a service account and print its key, once. Only a digest of the key is stored.')
    .argument('<id>', 'asserted to Airflow as service-account:<id>', readId)
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--workspace <id>', 'Workspace it belongs to')
    .requiredOption('--role <role>', 'VIEWER, EDITOR, ADMIN', readLevel)
    .option('--label <text>', 'name for people')
    .option('--source <name>', 'role source to write, like file or redis')
    .addHelpText(
      'after',
      '\nExample:\n  airflow-auth-proxy service-account create ci --config gateway.yaml --workspace data-team --role EDITOR > ci.key',
    )
    .action(async (id: string, options: Options & NewAccountOptions) => print(await create(id, options)));

  command
    .command('list')
    .description('Print all service accounts with the last four characters of their keys.')
    .requiredOption('--config <file>', 'configuration file')
    .option('--source <name>', 'one role source only, like file or redis')
    .option('--json', 'print JSON', false)
    .action(async (options: Options) => print(render(await list(options), options.json)));

  command
    .command('revoke')
    .description('Withdraw the key, the roles and the account. What it has open ends within a second.')
    .argument('<id>', 'service account')
    .requiredOption('--config <file>', 'configuration file')
    .option('--source <name>', 'one role source only, like file or redis')
    .action(async (id: string, options: Options) => {
      const from = await revoke(id, options);
      print(from.length > 0 ? `revoked in ${from.join(', ')}` : `no service account \`${id}\``);
      exit(from.length > 0 ? 0 : 1);
    });
}

interface NewAccountOptions {
  readonly workspace: string;
  readonly role: Level;
  readonly label?: string;
}

function create(
  id: string,
  { config, source, workspace, role, label }: Options & NewAccountOptions,
): Promise<string> {
  const key = randomBytes(KEY_BYTES).toString('hex');
  return withStores(config, async (stores) => {
    const store = chooseStore(stores, source);
    for (const other of stores) {
      if ((await other.serviceAccounts()).every((account) => account.id !== id)) continue;
      throw new AuthProxyError(
        'role-source',
        `service account \`${id}\` exists in \`${other.name}\`; choose another id, or revoke it first`,
      );
    }
    await store.createServiceAccount({
      id,
      label,
      workspace,
      level: role,
      keySha256: createHash('sha256').update(key).digest('hex'),
      keyLast4: key.slice(-4),
    });
    return key;
  });
}

interface SourcedAccount extends StoredServiceAccount {
  readonly source: string;
}

function list({ config, source }: Options): Promise<SourcedAccount[]> {
  return withStores(config, async (stores) => {
    const found = await Promise.all(
      chosen(stores, source).map(async (store) =>
        (await store.serviceAccounts()).map((account) => ({ source: store.name, ...account })),
      ),
    );
    return found.flat();
  });
}

function revoke(id: string, { config, source }: Options): Promise<string[]> {
  return withStores(config, async (stores) => {
    const from: string[] = [];
    for (const store of chosen(stores, source)) {
      if (await store.revokeServiceAccount(id)) from.push(store.name);
    }
    return from;
  });
}

function chosen(stores: readonly RoleStore[], source: string | undefined): readonly RoleStore[] {
  return source === undefined ? stores : [chooseStore(stores, source)];
}

function render(accounts: readonly SourcedAccount[], json: boolean | undefined): string {
  if (json === true) return JSON.stringify(accounts, undefined, 2);
  if (accounts.length === 0) return 'no service accounts';
  return accounts
    .map(({ source, id, label, keyLast4, roles }) =>
      [
        source,
        id,
        `key …${keyLast4 ?? '????'}`,
        roles.map(({ place, level }) => `${level} at ${describePlace(place)}`).join(', ') || 'no role',
        label ?? '',
      ]
        .join('\t')
        .trimEnd(),
    )
    .join('\n');
}

function readId(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  throw new InvalidArgumentError('write 1 to 64 letters, digits and ._-');
}
