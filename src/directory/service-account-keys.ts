import { withDeadline } from './deadline.js';

/** Who holds the service-account key with this digest. */
export type ServiceAccountAnswer =
  | { readonly kind: 'found'; readonly id: string; readonly label?: string | undefined }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable'; readonly cause: string };

/** Known service-account keys, by lower-case hex SHA-256. Never throws. */
export interface ServiceAccountKeys {
  find(digestHex: string): Promise<ServiceAccountAnswer>;
}

/**
 * Asks several stores in parallel. A store that found the key decides, the first in order where several did; where
 * none did and one did not answer, nobody knows: a failing store must not turn a good key into a bad one.
 */
export function createServiceAccountKeysUnion(
  stores: readonly ServiceAccountKeys[],
  options: { readonly timeoutMs: number },
): ServiceAccountKeys {
  return {
    async find(digestHex) {
      const answers = await Promise.all(
        stores.map((store) =>
          withDeadline(
            () => store.find(digestHex),
            options.timeoutMs,
            (cause): ServiceAccountAnswer => ({ kind: 'unavailable', cause }),
          ),
        ),
      );
      return (
        answers.find((answer) => answer.kind === 'found') ??
        answers.find((answer) => answer.kind === 'unavailable') ?? { kind: 'none' }
      );
    },
  };
}
