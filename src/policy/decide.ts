import type { Bindings } from '../domain/binding.js';
import type { Allowed, Decision, Denied } from '../domain/decision.js';
import type { DenyReason } from '../domain/denial.js';
import type { Identity } from '../domain/identity.js';
import { holds, type Permission, type PermissionSet } from '../domain/permission.js';
import type { RouteMatch, Rule } from '../domain/route.js';
import { changesState, type OriginFact } from './origin.js';

/** Everything a decision rests on: independent facts, read together here only. */
export interface Question {
  readonly method: string;
  readonly match: RouteMatch;
  readonly identity: Identity;
  /** Only those that reach the Deployment and count for what the request does: see `countingFor`. */
  readonly bindings: Bindings;
  /** What `bindings` may do together. */
  readonly held: PermissionSet;
  /** Ids of the rules the Deployment opened to everybody. */
  readonly openRules: ReadonlySet<string>;
  /** Where the request came from; consulted for a cookie credential alone. */
  readonly origin: OriginFact;
}

/** The whole policy, tried from the top. Total and pure; every door calls it. The last answer is always a denial. */
export function decide(question: Question): Decision {
  const { match, identity, bindings, held } = question;
  const rule = match.kind === 'matched' ? match.rule : undefined;

  if (match.kind === 'ambiguous' && match.scope === 'target')
    return deny('ambiguous-target', undefined, match.detail);
  if (identity.kind === 'ambiguous') return deny('ambiguous-credential', rule, identity.detail);

  if (rule?.public && !rule.never && question.openRules.has(rule.id)) return allow('public-route', rule);

  if (identity.kind === 'anonymous') return deny('no-credential', rule);
  if (identity.kind === 'rejected') return deny('bad-credential', rule, identity.code);
  if (identity.kind === 'unverifiable') return deny('identity-unavailable', rule);

  const complete = bindings.unavailable.length === 0 && (bindings.stale ?? []).length === 0;
  if (bindings.bindings.length === 0 && complete) return deny('no-role', rule);

  if (match.kind === 'ambiguous') return deny('ambiguous-target', undefined, match.detail);
  if (match.kind === 'unplaced') return deny(complete ? 'no-role' : 'role-unavailable', undefined);
  if (match.kind === 'unmatched') return deny('unknown-route', undefined);
  if (match.rule.never) return deny('never-exposed', match.rule);

  const missing = firstMissing(match.rule, held);
  if (missing !== undefined) {
    return complete
      ? deny('insufficient-permission', match.rule, undefined, missing)
      : deny('role-unavailable', match.rule, undefined, missing);
  }

  const guarded = identity.credential === 'cookie' && changesState(question.method, match.rule.effect);
  if (guarded && question.origin.kind === 'foreign')
    return deny('cross-site', match.rule, question.origin.detail);

  return match.rule.permissions.length > 0
    ? allow('permission-held', match.rule)
    : deny('never-exposed', match.rule);
}

function firstMissing(rule: Rule, held: PermissionSet): Permission | undefined {
  return rule.permissions.find((permission) => !holds(held, permission));
}

function allow(reason: Allowed['reason'], rule: Rule): Allowed {
  return { kind: 'allow', reason, rule, permission: rule.permissions[0] };
}

function deny(
  reason: DenyReason,
  rule: Rule | undefined,
  detail?: string,
  permission: Permission | undefined = rule?.permissions[0],
): Denied {
  return { kind: 'deny', reason, rule, permission, detail };
}
