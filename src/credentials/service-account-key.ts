import { createHash } from 'node:crypto';
import type { RejectionCode } from '../domain/identity.js';
import type { Principal } from '../domain/principal.js';
import { causeOf } from './key-set.js';

/** Who holds the key with this digest. */
export type ServiceAccountAnswer =
  | { readonly kind: 'found'; readonly id: string; readonly label?: string | undefined }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable'; readonly cause: string };

/**
 * The known service-account keys. Sees digests only. An implementation compares in constant time or by a lookup
 * of the whole digest, and does not throw.
 */
export interface ServiceAccountKeys {
  find(digestHex: string): Promise<ServiceAccountAnswer>;
}

export type ServiceAccountCheck =
  | { readonly kind: 'verified'; readonly principal: Principal }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly detail: string }
  | { readonly kind: 'unverifiable'; readonly cause: string };

/** Lower-case hex SHA-256 of a service-account key, as `keySha256` holds it. The key itself is stored nowhere. */
export function digestOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Finds out whose key it is. The key is untrusted; a store that throws makes it unverifiable, never valid. */
export async function checkServiceAccountKey(
  key: string,
  keys: ServiceAccountKeys,
): Promise<ServiceAccountCheck> {
  let answer: ServiceAccountAnswer;
  try {
    answer = await keys.find(digestOfKey(key));
  } catch (error) {
    return { kind: 'unverifiable', cause: causeOf(error) };
  }
  switch (answer.kind) {
    case 'found': {
      const { id, label } = answer;
      const principal: Principal = { kind: 'service-account', id, email: undefined, name: label, groups: [] };
      return { kind: 'verified', principal };
    }
    case 'none':
      return {
        kind: 'rejected',
        code: 'unknown-service-account-key',
        detail: 'no service account has this key',
      };
    case 'unavailable':
      return { kind: 'unverifiable', cause: answer.cause };
    default:
      return answer satisfies never;
  }
}
