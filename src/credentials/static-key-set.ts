import { findKey, parseJwkSet } from './jwk-set.js';
import type { KeySet } from './key-set.js';

/**
 * Keys that never change, such as those of the development issuer.
 *
 * @param document a JWK Set
 * @throws {Error} when no key in it can be used
 */
export function createStaticKeySet(document: { readonly keys: readonly object[] }): KeySet {
  const set = parseJwkSet(Buffer.from(JSON.stringify(document)));
  return {
    find: async (algorithm, kid) => findKey(set, algorithm, kid),
    generation: () => 1,
    ready: async () => true,
  };
}
