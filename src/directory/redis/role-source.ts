import type { Binding, RoleSource, SourceAnswer } from '../../domain/binding.js';
import { causeOf } from '../cause.js';
import { isSendable, type KeyLayout } from './keys.js';
import type { Known, PushedCache } from './pushed-cache.js';
import type { RolesEntry } from './roles-entry.js';

export interface RedisRoleSourceOptions {
  readonly name: string;
  readonly layout: KeyLayout;
  readonly cache: PushedCache<RolesEntry>;
  /** How long the last known roles may be used, for reads, while Redis does not answer. 0: not at all. */
  readonly staleForMs: number;
}

/**
 * The roles of a caller and its groups. What cannot be read is `unavailable`, or the last that was known where the
 * configuration allows that; it is never read as "none".
 */
export function createRedisRoleSource(options: RedisRoleSourceOptions): RoleSource {
  const { name, layout, cache, staleForMs } = options;

  async function look(key: string): Promise<Known<RolesEntry> & { readonly stale?: true }> {
    try {
      return await cache.get(key);
    } catch (error) {
      const last = cache.last(key);
      // A role given for a time is over when the time is, also while nobody can say so.
      if (last === undefined || last.ageMs > staleForMs || performance.now() >= last.value.endsAt)
        throw error;
      return { ...last, stale: true };
    }
  }

  function answer(found: readonly (Known<RolesEntry> & { readonly stale?: true })[]): SourceAnswer {
    const bindings: Binding[] = found.flatMap(({ value }) => value.bindings);
    const ageMs = found.reduce((oldest, { ageMs: age }) => Math.max(oldest, age), 0);
    const stale = found.some((one) => one.stale === true);
    return {
      kind: 'found',
      bindings,
      asOf: Math.floor(Date.now() - ageMs),
      ...(stale ? { stale: true } : {}),
    };
  }

  return {
    name,
    async find({ principal }) {
      const keys = layout.rolesOf(principal).filter(isSendable);
      const known = keys.flatMap((key) => cache.fresh(key) ?? []);
      if (known.length === keys.length) return answer(known);
      try {
        return answer(await Promise.all(keys.map(look)));
      } catch (error) {
        return { kind: 'unavailable', source: name, cause: causeOf(error) };
      }
    },
  };
}
