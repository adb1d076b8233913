import type { Config } from '../../config/config.js';
import type { Directory as WrittenDirectory } from '../../config/directory.js';
import { loadDirectory } from '../../config/load-directory.js';
import { createClaimsSource } from '../../directory/claims.js';
import type { Directory, Member } from '../../directory/directory.js';
import { createFileSource } from '../../directory/file.js';
import type { ServiceAccountKeys } from '../../directory/service-account-keys.js';
import { createReloading, type Reloading } from '../../directory/watch.js';
import type { RoleSource } from '../../domain/binding.js';
import { AuthProxyError } from '../../domain/errors.js';
import type { Log } from '../../observe/log.js';
import type { Metrics } from '../../observe/metrics.js';

export interface Directories {
  readonly sources: readonly RoleSource[];
  readonly keys: readonly ServiceAccountKeys[];
  /** What people call a Workspace; undefined where no source says. */
  labelOf(workspace: string): string | undefined;
  reload(): Promise<void>;
  close(): void;
}

/** The role sources as configured, in their order. Throws where a directory file cannot be read at the start. */
export async function composeDirectories(config: Config, log: Log, metrics: Metrics): Promise<Directories> {
  const files: Reloading<Directory>[] = [];
  const sources: RoleSource[] = [];
  const keys: ServiceAccountKeys[] = [];
  const seen = new Map<string, number>();
  for (const source of config.roles.sources) {
    const count = (seen.get(source.kind) ?? 0) + 1;
    seen.set(source.kind, count);
    const name = count === 1 ? source.kind : `${source.kind}-${count}`;
    switch (source.kind) {
      case 'file': {
        const directory = await watchDirectory(source.path, log, metrics);
        const fileSource = createFileSource({ name, current: directory.current });
        files.push(directory);
        sources.push(fileSource);
        keys.push(fileSource.keys);
        break;
      }
      case 'claims':
        sources.push(
          createClaimsSource({
            name,
            claim: source.claim,
            onMalformed: (user, detail) =>
              log.warn(`a role binding in a token was ignored: ${detail}`, { user }),
          }),
        );
        break;
      case 'redis':
        throw new AuthProxyError(
          'config',
          'role source `redis` is not part of this build; use `file` or `claims`',
        );
      default:
        source satisfies never;
    }
  }
  return {
    sources,
    keys,
    labelOf: (workspace) =>
      files.flatMap((file) => file.current().workspaces).find(({ id }) => id === workspace)?.label,
    reload: async () => void (await Promise.all(files.map((file) => file.reload()))),
    close: () => {
      for (const file of files) file.close();
    },
  };
}

function watchDirectory(file: string, log: Log, metrics: Metrics): Promise<Reloading<Directory>> {
  return createReloading<Directory>({
    load: () => toDirectory(loadDirectory(file).directory),
    files: [file],
    onReload: () => {
      metrics.setDirectoryReload(true);
      log.info('directory reloaded', { file });
    },
    onError: (cause) => {
      metrics.setDirectoryReload(false);
      log.error('directory is not valid; the one before stays in force', { file, cause });
    },
  });
}

/** As written to as asked: `kind` and `id` of a member become the one key that is set. */
function toDirectory(written: WrittenDirectory): Directory {
  const members = (list: WrittenDirectory['system']): Member[] =>
    list.map(({ kind, id, role }) => (kind === 'user' ? { user: id, role } : { group: id, role }));
  return {
    system: members(written.system),
    workspaces: written.workspaces.map((workspace) => ({
      ...workspace,
      members: members(workspace.members),
    })),
    deployments: written.deployments.map(({ id, members: list }) => ({ id, members: members(list) })),
  };
}
