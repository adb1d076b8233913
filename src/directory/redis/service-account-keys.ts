import { causeOf } from '../cause.js';
import type { ServiceAccountKeys } from '../service-account-keys.js';
import type { KeyLayout } from './keys.js';
import type { PushedCache } from './pushed-cache.js';

export interface RedisServiceAccountKeysOptions {
  readonly name: string;
  readonly layout: KeyLayout;
  /** Digest key to id of the service account. */
  readonly cache: PushedCache<string | undefined>;
}

const DIGEST = /^[0-9a-f]{64}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Service-account keys by their digest. The digest is looked up whole, so time tells nothing of a guess. An outage is
 * never bridged here: somebody whose key may have been withdrawn is not let in.
 */
export function createRedisServiceAccountKeys(options: RedisServiceAccountKeysOptions): ServiceAccountKeys {
  const { name, layout, cache } = options;
  return {
    async find(digestHex) {
      if (!DIGEST.test(digestHex)) return { kind: 'none' };
      const key = layout.serviceAccountKey(digestHex);
      try {
        const { value: id } = cache.fresh(key) ?? (await cache.get(key));
        return id !== undefined && ID.test(id) ? { kind: 'found', id } : { kind: 'none' };
      } catch (error) {
        return { kind: 'unavailable', cause: `${name}: ${causeOf(error)}` };
      }
    },
  };
}
