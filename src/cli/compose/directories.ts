import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/config.js';
import type { Directory as WrittenDirectory } from '../../config/directory.js';
import { loadDirectory } from '../../config/load-directory.js';
import { createClaimsSource } from '../../directory/claims.js';
import type { Directory, Member } from '../../directory/directory.js';
import { createFileSource } from '../../directory/file.js';
import { createHoustonSource } from '../../directory/houston/houston-source.js';
import type { RedisDirectory } from '../../directory/redis/redis-directory.js';
import { createRevocationsUnion, type Revocations } from '../../directory/redis/revocations.js';
import type { SharedSessionEnds } from '../../directory/redis/session-ends.js';
import type { ServiceAccountKeys } from '../../directory/service-account-keys.js';
import { createReloading, type Reloading } from '../../directory/watch.js';
import type { RoleSource } from '../../domain/binding.js';
import type { Authenticated } from '../../domain/identity.js';
import type { ReadinessCheck } from '../../http/admin/readiness.js';
import type { Log } from '../../observe/log.js';
import type { Metrics } from '../../observe/metrics.js';
import { composeRedis, tellUp } from './redis-source.js';
import { nameSources } from './source-names.js';

const SETTLE_MS = 1000;

export interface Directories {
  readonly sources: readonly RoleSource[];
  readonly keys: readonly ServiceAccountKeys[];
  /** Undefined where no source has a list of the revoked. */
  readonly revocations: Revocations | undefined;
  /** Where an ended session is told to the other gateways. */
  readonly sessionEnds: readonly SharedSessionEnds[];
  /** Whether each source was loaded once. */
  ready(): readonly { readonly name: string; readonly ready: boolean }[];
  checks(): readonly ReadinessCheck[];
  /** Waits for the sources to be loaded, for a moment: a reload must not be felt. */
  settled(): Promise<void>;
  /** What people call a Workspace; undefined where no source says. */
  labelOf(workspace: string): string | undefined;
  /** Whom the sources that can be listed know, as of now. */
  listed(): readonly Directory[];
  reload(): Promise<void>;
  close(): void;
}

export interface DirectoryParts {
  readonly log: Log;
  readonly metrics: Metrics;
  /** The verified token a caller came with, for a source that asks in the caller's name. */
  readonly tokenOf: (caller: Authenticated) => string | undefined;
}

/** The role sources as configured, in their order. Throws where a directory file cannot be read at the start. */
export async function composeDirectories(config: Config, parts: DirectoryParts): Promise<Directories> {
  const { log, metrics } = parts;
  const remotes: { readonly name: string; readonly redis: RedisDirectory }[] = [];
  const files: Reloading<Directory>[] = [];
  const sources: RoleSource[] = [];
  const keys: ServiceAccountKeys[] = [];
  for (const { name, source } of nameSources(config.roles.sources)) {
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
      case 'redis': {
        const redis = composeRedis(source, name, parts);
        remotes.push({ name, redis });
        sources.push(redis.source);
        keys.push(redis.keys);
        break;
      }
      case 'houston':
        sources.push(
          createHoustonSource({ ...source, name, tokenOf: parts.tokenOf, onUp: tellUp(name, parts) }),
        );
        break;
      default:
        source satisfies never;
    }
  }
  const ready = () => sources.map(({ name }) => ({ name, ready: isReady(name) }));
  const isReady = (name: string) => remotes.find((remote) => remote.name === name)?.redis.ready() ?? true;
  return {
    sources,
    keys,
    revocations: createRevocationsUnion(remotes.map(({ redis }) => redis.revocations)),
    sessionEnds: remotes.map(({ redis }) => redis.sessionEnds),
    ready,
    checks: () => ready().map((one) => ({ name: `roles:${one.name}`, state: one.ready ? 'ok' : 'waiting' })),
    async settled() {
      const until = performance.now() + SETTLE_MS;
      while (remotes.some(({ redis }) => !redis.ready()) && performance.now() < until)
        await sleep(SETTLE_MS / 50);
    },
    labelOf: (workspace) =>
      files.flatMap((file) => file.current().workspaces).find(({ id }) => id === workspace)?.label,
    listed: () => files.map((file) => file.current()),
    reload: async () => void (await Promise.all(files.map((file) => file.reload()))),
    close: () => {
      for (const file of files) file.close();
      for (const { redis } of remotes) redis.close();
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
