import { openRedisStore } from '../../directory/redis/redis-store.js';
import type { RoleStore } from '../../directory/role-store.js';
import { AuthProxyError } from '../../domain/errors.js';
import { openFileStore } from './file-store.js';
import { load } from './load.js';
import { addressOf } from './redis-source.js';
import { nameSources } from './source-names.js';

/** Opens the sources of a configuration that can be written, does the work, closes them. */
export async function withStores<T>(
  configFile: string,
  work: (stores: readonly RoleStore[]) => Promise<T>,
): Promise<T> {
  const { config } = await load(configFile);
  const stores: RoleStore[] = [];
  try {
    for (const { name, source } of nameSources(config.roles.sources)) {
      if (source.kind === 'file') stores.push(openFileStore(name, source.path));
      if (source.kind === 'redis') {
        const { keyPrefix } = source;
        stores.push(await openRedisStore({ name, address: addressOf(source), keyPrefix }));
      }
    }
    return await work(stores);
  } finally {
    for (const store of stores) store.close();
  }
}

/**
 * The one store that was named, or the only one there is.
 *
 * @throws {AuthProxyError} `config` where it is not clear which
 */
export function chooseStore(stores: readonly RoleStore[], name: string | undefined): RoleStore {
  const names = stores.map((store) => `\`${store.name}\``).join(', ');
  const [only, ...others] = name === undefined ? stores : stores.filter((store) => store.name === name);
  if (only !== undefined && others.length === 0) return only;
  if (stores.length === 0)
    throw new AuthProxyError(
      'config',
      'no role source can be written; add a file or redis source under roles.sources',
    );
  throw new AuthProxyError(
    'config',
    name === undefined
      ? `say which role source with --source: ${names}`
      : `no role source \`${name}\`; there are ${names}`,
  );
}
