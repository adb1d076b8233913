import { readFileSync } from 'node:fs';
import type { RoleSourceConfig } from '../../config/config.js';
import type { RedisAddress } from '../../directory/redis/link.js';
import { createRedisDirectory, type RedisDirectory } from '../../directory/redis/redis-directory.js';
import type { DirectoryParts } from './directories.js';

export type RedisSourceConfig = Extract<RoleSourceConfig, { readonly kind: 'redis' }>;

/** One Redis as configured. Returns at once, reachable or not. */
export function composeRedis(source: RedisSourceConfig, name: string, parts: DirectoryParts): RedisDirectory {
  const { log } = parts;
  return createRedisDirectory({
    name,
    address: addressOf(source),
    keyPrefix: source.keyPrefix,
    cacheEntries: source.cacheEntries,
    staleForSeconds: source.staleForSeconds,
    revocationsMaxStaleSeconds: source.revocationsMaxStaleSeconds,
    onUp: tellUp(name, parts),
    onPush: (pushed) =>
      pushed
        ? log.info('the role source tells of changes as they happen', { source: name })
        : log.warn('the role source does not tell of changes; everything is read again twice a second', {
            source: name,
          }),
    onMalformed: (detail) => log.warn(`a field of a roles key was ignored: ${detail}`, { source: name }),
  });
}

/** Where and how to connect. */
export function addressOf({ url, mode, nodes, primaryName, ...rest }: RedisSourceConfig): RedisAddress {
  const { sentinelUsername, sentinelPassword, tlsCa } = rest;
  const ca = tlsCa === undefined ? undefined : readFileSync(tlsCa, 'utf8');
  return { url, mode, nodes, primaryName, sentinelUsername, sentinelPassword, ca };
}

/** One line and one metric for each change of state. */
export function tellUp(name: string, { log, metrics }: DirectoryParts) {
  return function tell(up: boolean, cause: string | undefined): void {
    metrics.setRoleSourceUp(name, up);
    if (up) log.info('the role source answers', { source: name });
    else log.error('the role source does not answer', { source: name, cause: new Error(cause) });
  };
}
