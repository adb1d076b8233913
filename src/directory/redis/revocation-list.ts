import type { Principal } from '../../domain/principal.js';
import type { KeyLayout } from './keys.js';

/** What a revocation is looked up by: validated claims. */
export interface RevocationSubject {
  readonly kind: Principal['kind'];
  /** The principal's id, without `service-account:`. */
  readonly subject: string;
  readonly jti: string | undefined;
  /** Epoch seconds; undefined is revoked whenever the subject is listed. */
  readonly iat: number | undefined;
}

/** The revoked, in memory, by the keys they have in Redis. */
export interface RevocationList {
  /** Takes in what a key says now; `undefined`: there is no such key. */
  set(key: string, value: unknown): void;
  has(subject: RevocationSubject): boolean;
  /** Epoch seconds that a not-before key says; undefined: there is no such key. */
  limitOf(key: string): number | undefined;
  readonly size: number;
}

/** The keys that decide about a caller. */
export function revocationKeysOf(
  layout: KeyLayout,
  { kind, subject, jti }: RevocationSubject,
): readonly string[] {
  const own = layout.revoked(kind, subject);
  return jti === undefined ? [own] : [own, layout.revokedToken(jti)];
}

/**
 * INVARIANT: a key that is there but cannot be understood revokes everything it is about: somebody meant to.
 */
export function createRevocationList(layout: KeyLayout): RevocationList {
  const tokenPrefix = layout.revokedToken('');
  const tokens = new Set<string>();
  /** Epoch seconds, by key. */
  const notBefore = new Map<string, number>();

  return {
    set(key, value) {
      if (key.startsWith(tokenPrefix)) {
        if (value === undefined) tokens.delete(key);
        else tokens.add(key);
      } else if (value === undefined) {
        notBefore.delete(key);
      } else {
        notBefore.set(key, readNotBefore(value));
      }
    },
    has(subject) {
      const { kind, subject: id, jti, iat } = subject;
      if (jti !== undefined && tokens.has(layout.revokedToken(jti))) return true;
      const limit = notBefore.get(layout.revoked(kind, id));
      return limit !== undefined && (iat === undefined || iat <= limit);
    },
    limitOf: (key) => notBefore.get(key),
    get size() {
      return tokens.size + notBefore.size;
    },
  };
}

function readNotBefore(value: unknown): number {
  return typeof value === 'string' && /^\d{1,15}(?:\.\d{1,9})?$/.test(value)
    ? Number(value)
    : Number.POSITIVE_INFINITY;
}
