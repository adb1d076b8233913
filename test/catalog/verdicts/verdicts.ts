import type { Level } from '../../../src/domain/role.js';
import type { Product } from '../catalogs.js';

/** The lowest level that may; `nobody` = a rule refuses it to all; `unknown` = no rule names it. */
export type Who = Level | 'nobody' | 'unknown';

/** Golden verdicts, by the table of defaults: every trap where a route's method or name misleads. */
export interface Verdicts {
  readonly about: string;
  readonly product: Product;
  readonly versions: readonly string[];
  /** `WHO METHOD TARGET`, one a line. */
  readonly rows: string;
}
