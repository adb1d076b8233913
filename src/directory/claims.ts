import type { Binding, RoleSource } from '../domain/binding.js';
import type { Authenticated } from '../domain/identity.js';
import { isRole, levelOf } from '../domain/role.js';

export interface ClaimsSourceOptions {
  readonly name: string;
  /** The claim that holds the array of bindings. */
  readonly claim: string;
  /**
   * Told about entries that gave no binding, once per token. `detail` names the fault and the place, not the
   * content.
   */
  readonly onMalformed?: (principalId: string, detail: string) => void;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

const NOTHING: readonly Binding[] = [];

/**
 * Roles from the platform token itself:
 * `[{"role":"WORKSPACE_EDITOR","workspace":"data-team"},{"role":"DEPLOYMENT_VIEWER","deployment":"…"},{"role":"SYSTEM_ADMIN"}]`.
 * An entry that is not exactly of this form gives no binding: a member we do not know could have been meant as a
 * condition. Service accounts have no claims and get none.
 *
 * Trusted here: the claims were verified, so the platform said them. They live as long as the token.
 */
export function createClaimsSource(options: ClaimsSourceOptions): RoleSource {
  const { name, claim, onMalformed = () => {}, now = Date.now } = options;
  const known = new WeakMap<Authenticated['claims'], readonly Binding[]>();

  function read(caller: Authenticated): readonly Binding[] {
    const value = Object.hasOwn(caller.claims, claim) ? caller.claims[claim] : undefined;
    if (value === undefined) return NOTHING;
    if (!Array.isArray(value)) {
      onMalformed(caller.principal.id, `claim \`${claim}\` is not an array`);
      return NOTHING;
    }
    return value.flatMap((entry, index) => {
      const binding = readEntry(entry, name);
      if (typeof binding !== 'string') return [binding];
      onMalformed(caller.principal.id, `claim \`${claim}\`, entry ${index + 1}: ${binding}`);
      return [];
    });
  }

  return {
    name,
    async find(caller) {
      let bindings = known.get(caller.claims);
      if (bindings === undefined) {
        bindings = read(caller);
        known.set(caller.claims, bindings);
      }
      return { kind: 'found', bindings, asOf: now() };
    },
  };
}

/** A binding, or what is wrong with the entry. */
function readEntry(entry: unknown, source: string): Binding | string {
  if (typeof entry !== 'object' || entry === null) return 'it is not an object';
  const { role, workspace, deployment, ...others } = entry as Record<string, unknown>;
  if (!isRole(role)) return 'its `role` is not a role';
  if (Object.keys(others).length > 0) return 'it has a member beside role, workspace and deployment';
  const level = levelOf(role);
  const scope = role.slice(0, -level.length - 1);
  switch (scope) {
    case 'SYSTEM':
      if (workspace !== undefined || deployment !== undefined) return 'a system role has no place';
      return { scope, level, source };
    case 'WORKSPACE':
      if (!isId(workspace) || deployment !== undefined)
        return 'a workspace role needs `workspace` and nothing else';
      return { scope, id: workspace, level, source };
    case 'DEPLOYMENT':
      if (!isId(deployment) || workspace !== undefined)
        return 'a deployment role needs `deployment` and nothing else';
      return { scope, id: deployment, level, source };
    default:
      return 'its `role` has no scope we know';
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
