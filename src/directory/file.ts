import { timingSafeEqual } from 'node:crypto';
import type { RoleSource } from '../domain/binding.js';
import { causeOf } from './cause.js';
import type { Directory } from './directory.js';
import { type DirectoryIndex, indexDirectory } from './directory-index.js';
import type { ServiceAccountAnswer, ServiceAccountKeys } from './service-account-keys.js';

export interface FileSourceOptions {
  /** Names the source in bindings, metrics and messages. */
  readonly name: string;
  /** The directory in force, the same object until it is replaced. May throw while there is none. */
  readonly current: () => Directory;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

const DIGEST_BYTES = 32;

/**
 * Roles and service-account keys from a directory held in memory. A directory that is swapped for another one works
 * from the next call on; each is indexed once.
 *
 * Trusted here: whoever can write the directory decides who may do what.
 */
export function createFileSource(
  options: FileSourceOptions,
): RoleSource & { readonly keys: ServiceAccountKeys } {
  const { name, current, now = Date.now } = options;
  const indexes = new WeakMap<Directory, DirectoryIndex>();

  function currentIndex(): DirectoryIndex {
    const directory = current();
    const known = indexes.get(directory);
    if (known !== undefined) return known;
    const index = indexDirectory(directory, name);
    indexes.set(directory, index);
    return index;
  }

  return {
    name,
    async find(caller) {
      try {
        return { kind: 'found', bindings: currentIndex().bindingsOf(caller.principal), asOf: now() };
      } catch (error) {
        return { kind: 'unavailable', source: name, cause: causeOf(error) };
      }
    },
    keys: {
      async find(digestHex): Promise<ServiceAccountAnswer> {
        try {
          const wanted = Buffer.from(digestHex, 'hex');
          if (wanted.length !== DIGEST_BYTES) return { kind: 'none' };
          let found: ServiceAccountAnswer = { kind: 'none' };
          // Every digest is compared, in full, so that time does not tell how near a guess was.
          for (const { digest, account } of currentIndex().serviceAccounts) {
            if (digest.length === DIGEST_BYTES && timingSafeEqual(digest, wanted)) {
              found = { kind: 'found', id: account.id, label: account.label };
            }
          }
          return found;
        } catch (error) {
          return { kind: 'unavailable', cause: `${name}: ${causeOf(error)}` };
        }
      },
    },
  };
}
