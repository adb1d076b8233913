import type { Principal } from './principal.js';
import type { NativeRole } from './role.js';

/** Whom to tell the upstream about, for one request. */
export interface AssertionSubject {
  readonly principal: Principal;
  /** The stock role this one request needs: the mapped one, or the rule's `nativeRole` where that is higher. */
  readonly role: NativeRole;
}

/** Request headers that tell one upstream who is asking. Names in lower case; at most one of each. */
export type IdentityHeaders = readonly (readonly [name: string, value: string])[];

/**
 * Tells one upstream who this is. One instance per service, so that audience and key are fixed at construction.
 * The caller was judged before. Rejects only when the key is missing: the request is then answered 502.
 */
export interface Assertion {
  readonly profile: string;
  assert(subject: AssertionSubject): Promise<IdentityHeaders>;
}
