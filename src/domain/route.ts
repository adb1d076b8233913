import type { Permission } from './permission.js';
import type { NativeRole } from './role.js';

/** Methods that may be forwarded. HEAD is judged as GET; OPTIONS is answered by us. */
export const FORWARDED_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof FORWARDED_METHODS)[number];
/** Methods a catalog rule may list. */
export const RULE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type RuleMethod = (typeof RULE_METHODS)[number];

/** What running the route does. `form`: a page by GET that only leads to a write. */
export type Effect = 'read' | 'write' | 'form';

/** A catalog rule as compiled for one version: what a route does and what it takes. */
export interface Rule {
  readonly id: string;
  /** The pattern as the catalog writes it, for people. */
  readonly path: string;
  /** Every one of them must be held. Empty only where `never` is set. The first is the one shown. */
  readonly permissions: readonly Permission[];
  /** Prose for the next reader. */
  readonly why: string;
  readonly effect: Effect;
  /** The lowest stock role this version of Airflow accepts there, where it is above the mapped one. */
  readonly nativeRole: NativeRole | undefined;
  /** May be opened to callers without a credential (`anonymous:`). */
  readonly public: boolean;
  /** Never forwarded for anybody. */
  readonly never: boolean;
  /** Streamed answer; `socket`: an Upgrade to WebSocket is allowed. */
  readonly stream: 'none' | 'response' | 'socket';
  readonly multipart: boolean;
  /** The advisory that raised the demand for this version. */
  readonly advisory: string | undefined;
}

/** What the target is, before anybody is asked who wants it. */
export type RouteMatch =
  /**
   * Two servers could read it differently. `detail` names the rule that refused it. `target`: whatever stands upstream;
   * `route`: only in view of what the service's catalog says, so outsiders are not told.
   */
  | { readonly kind: 'ambiguous'; readonly scope: 'target' | 'route'; readonly detail: string }
  /** Under no service's place. */
  | { readonly kind: 'unplaced' }
  /** Under a service, but no rule of its version names it. */
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'matched'; readonly rule: Rule; readonly params: Readonly<Record<string, string>> };
