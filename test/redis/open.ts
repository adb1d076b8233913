import { createRedisDirectory, type RedisDirectory } from '../../src/directory/redis/redis-directory.js';
import type { SourceAnswer } from '../../src/domain/binding.js';
import type { Principal } from '../../src/domain/principal.js';
import { callerOf } from '../contracts/role-source.js';
import { eventually } from './redis.js';

const signal = new AbortController().signal;

/** A directory under the prefix `p:` of the tests. */
export function open(
  url: string,
  fields: Partial<Parameters<typeof createRedisDirectory>[0]> = {},
): RedisDirectory {
  return createRedisDirectory({
    name: 'redis',
    address: { url },
    keyPrefix: 'p:',
    cacheEntries: 1000,
    staleForSeconds: 0,
    revocationsMaxStaleSeconds: 60,
    ...fields,
  });
}

export function ready(directory: RedisDirectory): Promise<number> {
  return eventually(() => directory.ready(), 'the directory is ready');
}

export function find(directory: RedisDirectory, principal: Principal): Promise<SourceAnswer> {
  return directory.source.find(callerOf(principal), signal);
}

/** `ADMIN,EDITOR`, `` or `unavailable`. */
export function levels(answer: SourceAnswer): string {
  return answer.kind === 'found' ? answer.bindings.map(({ level }) => level).join() : answer.kind;
}
