import type { DenyReason } from './denial.js';
import type { Permission } from './permission.js';
import type { Rule } from './route.js';

/** What the gate returns for one request. Made by `decide` only; `Denied` also by doors that never reach it. */
export type Decision = Allowed | Denied;

export interface Allowed {
  readonly kind: 'allow';
  readonly reason: 'public-route' | 'permission-held';
  readonly rule: Rule;
  readonly permission: Permission | undefined;
}

export interface Denied {
  readonly kind: 'deny';
  readonly reason: DenyReason;
  readonly rule: Rule | undefined;
  readonly permission: Permission | undefined;
  /** Says more than the reason where the caller may know it; never a secret. */
  readonly detail: string | undefined;
}
