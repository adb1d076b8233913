import { type Command, InvalidArgumentError } from 'commander';
import type { HeldRole, Holder, RolePlace } from '../../directory/role-store.js';
import { AuthProxyError } from '../../domain/errors.js';
import { isLevel, LEVELS, type Level } from '../../domain/role.js';
import { chooseStore, withStores } from '../compose/stores.js';

type Print = (text: string) => void;
type Exit = (status: number) => void;

interface HolderOptions {
  readonly user?: string;
  readonly group?: string;
  readonly serviceAccount?: string;
}

interface PlaceOptions {
  readonly workspace?: string;
  readonly deployment?: string;
  readonly system?: boolean;
}

interface SourceOptions {
  readonly config: string;
  readonly source?: string;
  readonly json?: boolean;
}

/** `roles get|set|remove|list`: who holds which role where, in files and in Redis. */
export function addRolesCommands(program: Command, print: Print, exit: Exit): void {
  const roles = program.command('roles').description('See and change roles in directory files and in Redis.');

  withHolder(roles.command('get'))
    .description('Print the roles of one holder, from every source that can be written.')
    .requiredOption('--config <file>', 'configuration file')
    .option('--json', 'print JSON', false)
    .action(async (options: HolderOptions & SourceOptions) => {
      const holder = readHolder(options);
      print(render(await held(options, (role) => isSame(role.holder, holder)), options.json));
    });

  roles
    .command('list')
    .description('Print all roles.')
    .requiredOption('--config <file>', 'configuration file')
    .option('--source <name>', 'one role source only, like file or redis')
    .option('--json', 'print JSON', false)
    .action(async (options: SourceOptions) => print(render(await held(options, () => true), options.json)));

  withPlace(withHolder(roles.command('set')))
    .description('Give a role. It works in every gateway within a second, without a restart.')
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--role <role>', LEVELS.join(', '), readLevel)
    .option('--source <name>', 'role source to write, like file or redis')
    .addHelpText(
      'after',
      '\nExample:\n  airflow-auth-proxy roles set --config gateway.yaml --user eve --workspace data-team --role EDITOR',
    )
    .action(async (options: HolderOptions & PlaceOptions & SourceOptions & { role: Level }) => {
      const role: HeldRole = { holder: readHolder(options), place: readPlace(options), level: options.role };
      await withStores(options.config, async (stores) => {
        const store = chooseStore(stores, options.source);
        await store.set(role);
        print(line(store.name, role));
      });
    });

  withPlace(withHolder(roles.command('remove')))
    .description('Take a role. Exit 1 where there was none.')
    .requiredOption('--config <file>', 'configuration file')
    .option('--source <name>', 'role source to write, like file or redis')
    .action(async (options: HolderOptions & PlaceOptions & SourceOptions) => {
      const [holder, place] = [readHolder(options), readPlace(options)];
      const removed = await withStores(options.config, (stores) =>
        chooseStore(stores, options.source).remove(holder, place),
      );
      print(removed ? 'removed' : `${holder.kind} \`${holder.name}\` holds no role there`);
      exit(removed ? 0 : 1);
    });
}

/** Letters that every shell takes as they are; what a role is held by is quoted by whoever types it. */
export function describePlace(place: RolePlace): string {
  return place.scope === 'SYSTEM' ? 'system' : `${place.scope.toLowerCase()} ${place.id}`;
}

interface SourcedRole extends HeldRole {
  readonly source: string;
}

function held(options: SourceOptions, wanted: (role: HeldRole) => boolean): Promise<SourcedRole[]> {
  return withStores(options.config, async (stores) => {
    const chosen = options.source === undefined ? stores : [chooseStore(stores, options.source)];
    const lists = await Promise.all(
      chosen.map(async (store) => (await store.list()).map((role) => ({ source: store.name, ...role }))),
    );
    return lists.flat().filter(wanted);
  });
}

function render(roles: readonly SourcedRole[], json: boolean | undefined): string {
  if (json === true) {
    return JSON.stringify(
      roles.map(({ source, holder, place, level }) => ({
        source,
        [holder.kind]: holder.name,
        scope: place.scope,
        ...('id' in place ? { id: place.id } : {}),
        role: level,
      })),
      undefined,
      2,
    );
  }
  return roles.length === 0 ? 'no roles' : roles.map((role) => line(role.source, role)).join('\n');
}

function line(source: string, { holder, place, level }: HeldRole): string {
  return `${source}\t${holder.kind} ${holder.name}\t${describePlace(place)}\t${level}`;
}

function withHolder(command: Command): Command {
  return command
    .option('--user <id>', 'principal of a person')
    .option('--group <name>', 'group, as tokens name it')
    .option('--service-account <id>', 'service account');
}

function withPlace(command: Command): Command {
  return command
    .option('--workspace <id>', 'at a Workspace')
    .option('--deployment <id>', 'at one Deployment')
    .option('--system', 'everywhere');
}

function readHolder({ user, group, serviceAccount }: HolderOptions): Holder {
  const named: Holder[] = [
    ...(user === undefined ? [] : [{ kind: 'user' as const, name: user }]),
    ...(group === undefined ? [] : [{ kind: 'group' as const, name: group }]),
    ...(serviceAccount === undefined ? [] : [{ kind: 'service-account' as const, name: serviceAccount }]),
  ];
  const [holder, ...others] = named;
  if (holder === undefined || others.length > 0 || holder.name === '')
    throw new AuthProxyError('config', 'say who with one of --user, --group, --service-account');
  return holder;
}

function readPlace({ workspace, deployment, system }: PlaceOptions): RolePlace {
  const named: RolePlace[] = [
    ...(workspace === undefined ? [] : [{ scope: 'WORKSPACE' as const, id: workspace }]),
    ...(deployment === undefined ? [] : [{ scope: 'DEPLOYMENT' as const, id: deployment }]),
    ...(system === true ? [{ scope: 'SYSTEM' as const }] : []),
  ];
  const [place, ...others] = named;
  if (place === undefined || others.length > 0 || ('id' in place && place.id === ''))
    throw new AuthProxyError('config', 'say where with one of --workspace, --deployment, --system');
  return place;
}

function isSame(a: Holder, b: Holder): boolean {
  return a.kind === b.kind && a.name === b.name;
}

export function readLevel(value: string): Level {
  const level = value.toUpperCase();
  if (isLevel(level)) return level;
  throw new InvalidArgumentError(`write one of ${LEVELS.join(', ')}.`);
}
