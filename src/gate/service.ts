import type { Grants } from '../policy/grants.js';
import type { ServicePlace } from '../policy/place.js';
import type { RouteTrie } from '../policy/trie.js';

/** One service as the gate judges it: its place, the routes of its version, and what each role may do there. */
export interface GatedService extends ServicePlace {
  readonly routes: RouteTrie;
  readonly grants: Grants;
  /** Ids of `public` rules opened to callers without a credential. */
  readonly openRules: ReadonlySet<string>;
  /** Origins a page of this service may have, the canonical one first. */
  readonly origins: readonly string[];
}
