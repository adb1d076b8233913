import type { DenyReason } from '../../domain/denial.js';
import type { ServiceKind } from '../../domain/deployment.js';
import type { Permission, PermissionSet } from '../../domain/permission.js';
import type { Role } from '../../domain/role.js';

/** What was last heard of an upstream, from the requests it answered or did not: nobody asks it for this page. */
export type ServiceState =
  | { readonly kind: 'up' | 'down' /** Epoch milliseconds. */; readonly asOfMs: number }
  | { readonly kind: 'unknown' };

/** One way into a Deployment. */
export interface HomeService {
  readonly kind: ServiceKind;
  readonly version: string;
  /** A path of ours, or an absolute URL where the service has a host of its own. */
  readonly url: string;
  /** Whether the person's role opens its first page. */
  readonly open: boolean;
  readonly state: ServiceState;
}

/** A Deployment the person holds a role in. */
export interface HomeDeployment {
  readonly id: string;
  /** The highest role that reaches it. */
  readonly role: Role;
  readonly services: readonly HomeService[];
  /** What the routes of its versions ask for, in vocabulary order. */
  readonly asked: readonly Permission[];
  /** All that the person's roles allow there. */
  readonly held: PermissionSet;
}

export interface HomeWorkspace {
  readonly id: string;
  readonly label: string;
  readonly deployments: readonly HomeDeployment[];
}

/** Somebody with a role that reaches what the person sees. */
export interface HomeMember {
  readonly kind: 'user' | 'group' | 'service-account';
  readonly name: string;
  readonly role: Role;
  /** The Deployment a Deployment role is for. */
  readonly deployment: string | undefined;
}

export interface HomeMembers {
  readonly members: readonly HomeMember[];
  /** Role sources that can be asked for one person only, and so cannot be listed. */
  readonly unlisted: readonly string[];
}

/** A request of the person that was denied lately. */
export interface RecentDenial {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly deployment: string;
  readonly service: ServiceKind;
  readonly method: string;
  /** Canonical, without a query. */
  readonly path: string;
  readonly reason: DenyReason;
  readonly permission: Permission | undefined;
}
