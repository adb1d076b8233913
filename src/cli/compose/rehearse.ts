import type { Outcome } from '../../domain/outcome.js';
import { holds } from '../../domain/permission.js';
import { LEVELS, levelOf, type Role, roleOf, SCOPES } from '../../domain/role.js';
import { createGate, type Gate } from '../../gate/gate.js';
import type { GatedService } from '../../gate/service.js';

/** Judges a request that nobody sent, for a caller who holds one role at the service and came with a Bearer token. */
export interface Rehearsal<S extends GatedService> {
  judge(service: S, role: Role, method: string, target: string): Outcome;
  readonly gate: Gate<S>;
}

/** The same gate that serves, with identity and bindings given instead of asked. */
export function createRehearsal<S extends GatedService>(services: readonly S[]): Rehearsal<S> {
  const gate = createGate<S>({
    services,
    authenticate: async () => ({ kind: 'anonymous' }),
    bindingsOf: async () => ({ bindings: [], unavailable: [] }),
  });
  return {
    gate,
    judge(service, role, method, target) {
      const reading = gate.read(service.host ?? '', target);
      const scope = SCOPES.find((one) => role.startsWith(`${one}_`)) ?? 'WORKSPACE';
      const level = levelOf(role);
      const id = scope === 'WORKSPACE' ? service.workspace : service.deployment;
      const binding =
        scope === 'SYSTEM'
          ? ({ scope, level, source: 'rehearsal' } as const)
          : ({ scope, id, level, source: 'rehearsal' } as const);
      const principal = {
        kind: 'user',
        id: 'rehearsal',
        email: undefined,
        name: undefined,
        groups: [],
      } as const;
      return gate.judgeAs(
        { requestId: 'rehearsal', method, headers: [], sourceIp: undefined },
        reading,
        { kind: 'authenticated', principal, credential: 'bearer', claims: {}, expiresAt: undefined },
        { bindings: [binding], unavailable: [] },
      ).outcome;
    },
  };
}

/** The roles that hold everything the rule of an outcome demands; none where nobody may. */
export function grantedBy(outcome: Outcome, service: GatedService): Role[] {
  const { rule } = outcome.decision;
  if (rule === undefined || rule.never || rule.permissions.length === 0) return [];
  return SCOPES.flatMap((scope) => LEVELS.map((level) => roleOf(scope, level))).filter((role) =>
    rule.permissions.every((permission) => holds(service.grants[role], permission)),
  );
}
