import type { RoleSource } from '../../domain/binding.js';
import { createHealth } from '../health.js';
import type { ServiceAccountKeys } from '../service-account-keys.js';
import { createKeyLayout } from './keys.js';
import { createRedisLink, type RedisAddress } from './link.js';
import { createPushedCache } from './pushed-cache.js';
import { createRevocationMirror, type Revocations } from './revocations.js';
import { createRedisRoleSource } from './role-source.js';
import { type RolesEntry, readRoles } from './roles-entry.js';
import { createRedisServiceAccountKeys } from './service-account-keys.js';
import { createSharedSessionEnds, type SharedSessionEnds } from './session-ends.js';
import { CUT_OFF, createTracker, type Epoch, isReplyError } from './tracker.js';

export interface RedisDirectoryOptions {
  /** Names the source in bindings, metrics and messages. */
  readonly name: string;
  readonly address: RedisAddress;
  readonly keyPrefix: string;
  /** Most roles keys held in memory, and most service-account keys. */
  readonly cacheEntries: number;
  /** How long the last known roles count, for reads only, while Redis does not answer. 0: not at all. */
  readonly staleForSeconds: number;
  /** How long the list of the revoked counts while Redis does not answer. */
  readonly revocationsMaxStaleSeconds: number;
  /** Told once about every change between answering and not answering. */
  readonly onUp?: (up: boolean, cause: string | undefined) => void;
  /** Told once about every change between being told of changes and having to ask. */
  readonly onPush?: (pushed: boolean) => void;
  /** Told about a field of a roles key that gave no binding. */
  readonly onMalformed?: (detail: string) => void;
}

/** Everything one Redis says: roles, service-account keys, revocations. */
export interface RedisDirectory {
  readonly source: RoleSource;
  readonly keys: ServiceAccountKeys;
  readonly revocations: Revocations;
  readonly sessionEnds: SharedSessionEnds;
  /** Whether roles can be read and the revocation list was loaded once. */
  ready(): boolean;
  close(): void;
}

/** What is there is read again after so long even though nobody said it changed; what is not, sooner. */
const TTL_MS = 60_000;
const NEGATIVE_TTL_MS = 10_000;
/** How often an idle gateway looks whether Redis answers. */
const PROBE_MS = 1000;

/**
 * Opens the connections and returns at once: a Redis that is away keeps the gateway from letting people in, not from
 * starting. Gateways share nothing but this Redis.
 *
 * Trusted here: whoever can write under the prefix decides who may do what.
 */
export function createRedisDirectory(options: RedisDirectoryOptions): RedisDirectory {
  const { name, cacheEntries, onUp = () => {}, onPush = () => {}, onMalformed = () => {} } = options;
  const layout = createKeyLayout(options.keyPrefix);
  const health = createHealth(onUp);
  // A lost connection is seen by the commands that fail; the client's own word about it is for nobody.
  const link = createRedisLink(options.address, () => {});

  let current: Epoch = CUT_OFF;
  const epoch = (): Epoch => current;
  let pushed: boolean | undefined;
  function tellPush(now: boolean): void {
    if (pushed !== now) onPush(now);
    pushed = now;
  }

  /** An answer that is an error about one key, like a wrong type, says that Redis is there. */
  async function watched<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      health.report(undefined);
      return value;
    } catch (error) {
      health.report(isAboutOneKey(error) ? undefined : error);
      throw error;
    }
  }

  const roles = createPushedCache<RolesEntry>({
    max: cacheEntries,
    load: (key) => watched(readRoles({ link, source: name, onMalformed }, key)),
    ttlMsOf: ({ bindings, endsAt }) =>
      Math.min(bindings.length === 0 ? NEGATIVE_TTL_MS : TTL_MS, endsAt - performance.now()),
    epoch,
  });
  const accounts = createPushedCache<string | undefined>({
    max: cacheEntries,
    load: (key) => watched(link.call('GET', key)).then((id) => (typeof id === 'string' ? id : undefined)),
    ttlMsOf: (id) => (id === undefined ? NEGATIVE_TTL_MS : TTL_MS),
    epoch,
  });
  const revocations = createRevocationMirror({
    link,
    layout,
    epoch,
    maxStaleMs: options.revocationsMaxStaleSeconds * 1000,
    onRead: (error) => health.report(error),
  });
  const tracker = createTracker(link, layout, {
    onKeys(keys) {
      for (const key of keys) {
        roles.delete(key);
        accounts.delete(key);
      }
      revocations.touch(keys);
    },
    onFlush() {
      roles.clear();
      accounts.clear();
      revocations.reload();
    },
    onEpoch(next) {
      current = next;
      revocations.reload();
      tellPush(next.live);
    },
  });

  const probe = setInterval(() => {
    if (!current.live && health.reached()) tellPush(false);
    watched(link.call('EXISTS', layout.prefixes.roles)).catch(() => {});
  }, PROBE_MS);
  probe.unref();

  return {
    source: createRedisRoleSource({
      name,
      layout,
      cache: roles,
      staleForMs: options.staleForSeconds * 1000,
    }),
    keys: createRedisServiceAccountKeys({ name, layout, cache: accounts }),
    revocations,
    sessionEnds: createSharedSessionEnds({ link, layout, mirror: revocations }),
    ready: () => revocations.loaded() && health.reached(),
    close() {
      clearInterval(probe);
      tracker.close();
      revocations.close();
      link.close();
    },
  };
}

function isAboutOneKey(error: unknown): boolean {
  return (
    (isReplyError(error) && error instanceof Error && error.message.startsWith('WRONGTYPE')) ||
    error instanceof TypeError
  );
}
