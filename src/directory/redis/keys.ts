import { createHash } from 'node:crypto';
import type { Principal } from '../../domain/principal.js';
import { HOLDER_KINDS, type Holder, type HolderKind } from '../role-store.js';

/** Where everything stands in Redis. One colon ends a kind; what follows is a name, whole, whatever it holds. */
export interface KeyLayout {
  /** Hashes of roles: the caller's own, then its groups', each once. */
  rolesOf(principal: Principal): readonly string[];
  roles(kind: HolderKind, name: string): string;
  serviceAccountKey(digestHex: string): string;
  /** What people want to know of a service account; no decision reads it. */
  serviceAccount(id: string): string;
  revokedToken(jti: string): string;
  revoked(kind: Principal['kind'], id: string): string;
  /** When the sessions under a name ended. The name is hashed: it holds whatever a provider calls its sessions. */
  endedSession(name: string): string;
  selfTest(id: string): string;
  /** Every key of this kind starts so; no two of them overlap. */
  readonly prefixes: {
    readonly roles: string;
    readonly serviceAccountKey: string;
    readonly serviceAccount: string;
    readonly revoked: string;
  };
}

export function createKeyLayout(prefix: string): KeyLayout {
  const roles = (kind: HolderKind, name: string): string => `${prefix}roles:${kind}:${name}`;
  return {
    roles,
    rolesOf(principal) {
      const own = roles(principal.kind, principal.id);
      return principal.groups.length === 0
        ? [own]
        : [own, ...[...new Set(principal.groups)].map((group) => roles('group', group))];
    },
    serviceAccountKey: (digestHex) => `${prefix}service-account-key:${digestHex}`,
    serviceAccount: (id) => `${prefix}service-account:${id}`,
    revokedToken: (jti) => `${prefix}revoked:jti:${jti}`,
    revoked: (kind, id) => `${prefix}revoked:${kind}:${id}`,
    endedSession: (name) =>
      `${prefix}revoked:session:${createHash('sha256').update(name).digest('base64url')}`,
    selfTest: (id) => `${prefix}self-test:${id}`,
    prefixes: {
      roles: `${prefix}roles:`,
      serviceAccountKey: `${prefix}service-account-key:`,
      serviceAccount: `${prefix}service-account:`,
      revoked: `${prefix}revoked:`,
    },
  };
}

/** Holder of a roles key, or undefined where it is none. */
export function holderOf(key: string, rolesPrefix: string): Holder | undefined {
  if (!key.startsWith(rolesPrefix)) return undefined;
  const rest = key.slice(rolesPrefix.length);
  for (const kind of HOLDER_KINDS) {
    if (rest.startsWith(`${kind}:`)) return { kind, name: rest.slice(kind.length + 1) };
  }
  return undefined;
}

/**
 * Whether a name reaches Redis as itself: a lone surrogate has no UTF-8 form and would be sent as U+FFFD, which is
 * somebody else's name.
 */
export function isSendable(name: string): boolean {
  return !/\p{Surrogate}/u.test(name);
}
