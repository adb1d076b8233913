import { createHash, timingSafeEqual } from 'node:crypto';
import { createAddressList } from '../public/client.js';

/** The header, or gRPC metadata key, that carries `forwardAuth.sharedSecret`. */
export const SECRET_HEADER = 'x-auth-proxy-secret';

export interface AdmitOptions {
  /** CIDRs that may ask without the secret. */
  readonly peers: readonly string[];
  readonly sharedSecret: string | undefined;
}

/** `peerIp` is the connection's own address, never one that a header names. */
export type Admit = (peerIp: string, secrets: readonly string[]) => boolean;

/**
 * Who may ask for decisions: a listed peer, or whoever knows the secret. A secret that is wrong or doubled refuses a
 * listed peer as well. Compared as digests in constant time.
 */
export function createAdmit({ peers, sharedSecret }: AdmitOptions): Admit {
  const listed = createAddressList(peers);
  const expected = sharedSecret === undefined ? undefined : digestOf(sharedSecret);

  return function admit(peerIp, secrets) {
    const [secret] = secrets;
    if (expected === undefined || secret === undefined) return listed(peerIp);
    return secrets.length === 1 && timingSafeEqual(digestOf(secret), expected);
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
