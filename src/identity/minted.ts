import type { AssertionSubject } from '../domain/assertion.js';
import { type Principal, subjectOf } from '../domain/principal.js';
import type { NativeRole } from '../domain/role.js';

/** Life of every assertion. Short, so that a role taken away is gone at once, not when a token ends. */
export const LIFE_SECONDS = 60;

/** What one assertion says. All strings are non-empty. */
export interface Statement {
  /** `service-account:<id>` for programs. */
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  readonly role: NativeRole;
  /** Epoch seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface MintingOptions {
  readonly mint: (statement: Statement) => Promise<string>;
  /** Wall clock, epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Most assertions remembered. Default 10000. */
  readonly maxEntries?: number | undefined;
}

interface Entry {
  readonly issuedAt: number;
  readonly token: Promise<string>;
}

/**
 * Mints assertions and uses each again for the same person and role while at least half of its life remains, since
 * a signature costs more than all the rest of a request. Concurrent requests share one signature; a failed one is
 * forgotten. A clock that jumps back makes new ones.
 */
export function createMinting(options: MintingOptions): (subject: AssertionSubject) => Promise<string> {
  const { mint, now = Date.now, maxEntries = 10_000 } = options;
  // Insertion order is age of last use: an entry that is used moves to the end, the first one goes.
  const entries = new Map<string, Entry>();

  return async function mintFor({ principal, role }) {
    const statement = {
      sub: checkedSubject(principal),
      email: emailOf(principal),
      name: nameOf(principal),
      role,
    };
    const key = JSON.stringify([statement.sub, statement.email, statement.name, role]);
    const nowSeconds = Math.floor(now() / 1000);
    let entry = entries.get(key);
    entries.delete(key);
    const ageSeconds = entry === undefined ? undefined : nowSeconds - entry.issuedAt;
    if (entry === undefined || ageSeconds === undefined || ageSeconds < 0 || ageSeconds > LIFE_SECONDS / 2) {
      const token = mint({ ...statement, issuedAt: nowSeconds, expiresAt: nowSeconds + LIFE_SECONDS });
      entry = { issuedAt: nowSeconds, token };
      const made = entry;
      token.catch(() => {
        if (entries.get(key) === made) entries.delete(key);
      });
    }
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
    return entry.token;
  };
}

/** Airflow 3 takes an empty `sub` for a person of its own. */
function checkedSubject(principal: Principal): string {
  if (principal.id === '') throw new TypeError('an assertion needs a principal with an id');
  return subjectOf(principal);
}

/**
 * The principal's address, or one that cannot exist (RFC 2606 2): Airflow 2 wants every user row to have one of its
 * own. Escaped, so that two principals never share it.
 */
function emailOf(principal: Principal): string {
  return principal.email ?? `${encodeURIComponent(subjectOf(principal))}@airflow-auth-proxy.invalid`;
}

function nameOf(principal: Principal): string {
  return principal.name ?? subjectOf(principal);
}
