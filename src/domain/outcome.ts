import type { Bindings } from './binding.js';
import type { Decision } from './decision.js';
import type { ServiceRef } from './deployment.js';
import type { Identity } from './identity.js';
import type { Role } from './role.js';
import type { RouteMatch } from './route.js';

/** Everything the gate found out about one request, and what it decided. Source of the audit record. */
export interface Outcome {
  readonly requestId: string;
  readonly method: string;
  /** Canonical target below our authority, query included; undefined when it was ambiguous. */
  readonly target: string | undefined;
  /** The target as it came, for records only. */
  readonly rawTarget: string;
  /** Undefined where the target lies under no service. */
  readonly place: ServiceRef | undefined;
  readonly identity: Identity;
  readonly bindings: Bindings;
  /** The highest role that reaches the Deployment; undefined where there is none. */
  readonly role: Role | undefined;
  readonly match: RouteMatch;
  readonly decision: Decision;
  readonly sourceIp: string | undefined;
}
