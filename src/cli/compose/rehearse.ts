import type { Bindings } from '../../domain/binding.js';
import type { DenyReason } from '../../domain/denial.js';
import type { Authenticated, Identity } from '../../domain/identity.js';
import type { Outcome } from '../../domain/outcome.js';
import { holds } from '../../domain/permission.js';
import { LEVELS, levelOf, type Role, roleOf, SCOPES } from '../../domain/role.js';
import { createGate, type Gate } from '../../gate/gate.js';
import type { GatedService } from '../../gate/service.js';
import { judgeMethod } from '../../http/public/method.js';

/** A caller as the gate would find them. */
export interface Caller {
  readonly identity: Identity;
  readonly bindings: Bindings;
}

/** Limits that the public door sets before and after the judgement, in bytes. */
export interface TargetLimits<S extends GatedService> {
  readonly targetBytes: number;
  readonly targetBytesOf: (service: S) => number;
}

export type Rehearsed =
  | { readonly kind: 'judged'; readonly outcome: Outcome }
  /** We answer ourselves and nothing is forwarded: an OPTIONS, or one of our own pages. */
  | { readonly kind: 'answered'; readonly what: 'options' | 'own-page'; readonly status: number };

/** Judges requests that nobody sent. */
export interface Rehearsal<S extends GatedService> {
  readonly gate: Gate<S>;
  /** The bare judgement of somebody who holds one role at the service and came with a Bearer token. */
  judge(service: S, role: Role, method: string, target: string): Outcome;
  /** What the public door would answer: its own refusals and pages, then the judgement. */
  rehearse(caller: Caller, request: RehearsedRequest): Rehearsed;
  /** A target below the service, written with its public path in any spelling that leads there, or without. */
  fullTarget(service: S, target: string): string;
}

export interface RehearsedRequest {
  /** Authority in lower case; empty for the public one. */
  readonly host: string;
  readonly method: string;
  readonly target: string;
}

/** The same gate that serves, with identity and bindings given instead of asked. */
export function createRehearsal<S extends GatedService>(
  services: readonly S[],
  limits?: TargetLimits<S>,
): Rehearsal<S> {
  const gate = createGate<S>({
    services,
    authenticate: async () => ({ kind: 'anonymous' }),
    bindingsOf: async () => ({ bindings: [], unavailable: [] }),
  });

  function judgeAs({ identity, bindings }: Caller, { host, method, target }: RehearsedRequest) {
    const request = { requestId: 'rehearsal', method, headers: [], sourceIp: undefined };
    return gate.judgeAs(request, gate.read(host, target), identity, bindings);
  }

  /** In the order of the public door, so that the same fault is named first. */
  function rehearse(caller: Caller, request: RehearsedRequest): Rehearsed {
    const { outcome, service } = judgeAs(caller, request);
    const refused = (reason: DenyReason): Rehearsed => ({
      kind: 'judged',
      outcome: {
        ...outcome,
        decision: { kind: 'deny', reason, rule: undefined, permission: undefined, detail: undefined },
      },
    });
    if (limits !== undefined && request.target.length > limits.targetBytes) return refused('target-too-long');
    const { parsed, placement } = gate.read(request.host, request.target);
    if (parsed.kind === 'canonical') {
      const verdict = judgeMethod(request.method);
      if (verdict.kind === 'refuse') return refused(verdict.reason);
      if (verdict.kind === 'options') return { kind: 'answered', what: 'options', status: 204 };
      if (placement.kind === 'control' || placement.kind === 'home')
        return { kind: 'answered', what: 'own-page', status: 200 };
    }
    const allowed = outcome.decision.kind === 'allow' && service !== undefined && limits !== undefined;
    return allowed && (outcome.target?.length ?? 0) > limits.targetBytesOf(service)
      ? refused('target-too-long')
      : { kind: 'judged', outcome };
  }

  function fullTarget(service: S, target: string): string {
    const { placement } = gate.read(service.host ?? '', target);
    const placed = placement.kind === 'service' && placement.service === service;
    return placed || service.path === '/' || !target.startsWith('/') ? target : `${service.path}${target}`;
  }

  return {
    gate,
    rehearse,
    fullTarget,
    judge: (service, role, method, target) =>
      judgeAs(bearerOf(role, service), { host: service.host ?? '', method, target }).outcome,
  };
}

/** Somebody with a Bearer token who holds exactly one role, where it reaches the service. */
export function bearerOf(
  role: Role,
  place: { readonly deployment: string; readonly workspace: string },
): Caller {
  const scope = SCOPES.find((one) => role.startsWith(`${one}_`)) ?? 'WORKSPACE';
  const level = levelOf(role);
  const id = scope === 'WORKSPACE' ? place.workspace : place.deployment;
  const binding =
    scope === 'SYSTEM'
      ? ({ scope, level, source: 'rehearsal' } as const)
      : ({ scope, id, level, source: 'rehearsal' } as const);
  return { identity: REHEARSED_CALLER, bindings: { bindings: [binding], unavailable: [] } };
}

export const REHEARSED_CALLER: Authenticated = {
  kind: 'authenticated',
  principal: { kind: 'user', id: 'rehearsal', email: undefined, name: undefined, groups: [] },
  credential: 'bearer',
  claims: {},
  expiresAt: undefined,
};

/** The roles that hold everything the rule of an outcome demands; none where nobody may. */
export function grantedBy(outcome: Outcome, service: GatedService): Role[] {
  const { rule } = outcome.decision;
  if (rule === undefined || rule.never || rule.permissions.length === 0) return [];
  return SCOPES.flatMap((scope) => LEVELS.map((level) => roleOf(scope, level))).filter((role) =>
    rule.permissions.every((permission) => holds(service.grants[role], permission)),
  );
}
