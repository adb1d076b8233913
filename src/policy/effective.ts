import type { Binding, Bindings } from '../domain/binding.js';
import { NO_PERMISSIONS, type PermissionSet, unionOf } from '../domain/permission.js';
import { levelRank, type Role, roleOf, SCOPES } from '../domain/role.js';
import type { Grants } from './grants.js';

/** The bindings that reach a Deployment: system-wide, its Workspace's, its own. */
export function reaching(
  bindings: readonly Binding[],
  place: { readonly deployment: string; readonly workspace: string },
): readonly Binding[] {
  return bindings.filter((binding) => {
    switch (binding.scope) {
      case 'SYSTEM':
        return true;
      case 'WORKSPACE':
        return binding.id === place.workspace;
      case 'DEPLOYMENT':
        return binding.id === place.deployment;
      default:
        return neverReached(binding);
    }
  });
}

/**
 * The last word of a source that is away is good enough to read by; to a request that changes state the source has
 * not answered.
 */
export function countingFor(bindings: Bindings, changesState: boolean): Bindings {
  const { stale = [] } = bindings;
  if (stale.length === 0 || !changesState) return bindings;
  return {
    bindings: bindings.bindings.filter(({ source }) => !stale.includes(source)),
    unavailable: [...bindings.unavailable, ...stale],
  };
}

/** What all bindings together may do. */
export function heldPermissions(bindings: readonly Binding[], grants: Grants): PermissionSet {
  if (bindings.length === 0) return NO_PERMISSIONS;
  return unionOf(bindings.map((binding) => grants[roleOf(binding.scope, binding.level)]));
}

/** The role to show: the highest level; among equals the widest scope. */
export function highestRole(bindings: readonly Binding[]): Role | undefined {
  const weight = (binding: Binding) =>
    levelRank(binding.level) * SCOPES.length + SCOPES.indexOf(binding.scope);
  const [first, ...rest] = bindings;
  if (first === undefined) return undefined;
  const highest = rest.reduce((a, b) => (weight(b) > weight(a) ? b : a), first);
  return roleOf(highest.scope, highest.level);
}

function neverReached(binding: never): never {
  throw new TypeError(`unknown scope in \`${JSON.stringify(binding)}\``);
}
