import type { Permission } from '../domain/permission.js';
import type { NativeRole } from '../domain/role.js';
import type { Effect, RuleMethod } from '../domain/route.js';
import type { Version } from '../domain/version.js';

/** One rule as a catalog file or `extraRoutes` writes it, its fields checked, not yet compiled for a version. */
export interface CatalogRule {
  readonly id: string;
  readonly methods: readonly RuleMethod[];
  /** Patterns that mean the same, below the service's path. */
  readonly paths: readonly string[];
  /** Every one of them must be held. Empty exactly where `never` is set. */
  readonly permissions: readonly Permission[];
  readonly why: string;
  /** Inclusive. */
  readonly since: Version | undefined;
  /** Exclusive. */
  readonly until: Version | undefined;
  /** Undefined: `read` where the first permission's verb is `get`, else `write`. */
  readonly effect: Effect | undefined;
  readonly nativeRole: NativeRole | undefined;
  readonly public: boolean;
  readonly never: boolean;
  /** Decoded query keys that select the rule: `*` for presence, else the exact value. */
  readonly query: Readonly<Record<string, string>> | undefined;
  readonly stream: 'none' | 'response' | 'socket';
  readonly multipart: boolean;
  readonly advisory: string | undefined;
  /** Where it was written, for faults: `config/catalog/airflow-3.yaml:120`. */
  readonly origin: string;
}

/** The catalog of one product: its rules and the minor lines they were checked against. */
export interface Catalog {
  readonly product: 'airflow' | 'flower';
  /** `X.Y`, oldest first. */
  readonly versions: readonly string[];
  readonly rules: readonly CatalogRule[];
}
