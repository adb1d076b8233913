import { join } from 'node:path';
import { loadCatalogs } from '../../src/config/load-catalogs.js';
import { holds } from '../../src/domain/permission.js';
import { LEVELS, type Level, roleOf } from '../../src/domain/role.js';
import type { RouteMatch, Rule } from '../../src/domain/route.js';
import { parseVersion, type Version } from '../../src/domain/version.js';
import { classify } from '../../src/policy/classify.js';
import { compileRoutes } from '../../src/policy/compile.js';
import { createDemand, type Grants, grantsFor } from '../../src/policy/grants.js';
import { parseTarget } from '../../src/policy/target/parse.js';
import type { RouteTrie } from '../../src/policy/trie.js';

export type Product = 'airflow' | 'flower';

export const PRODUCTS: readonly Product[] = ['airflow', 'flower'];

/** The shipped catalogs, read as the product reads them. */
export const CATALOGS = loadCatalogs(join(import.meta.dirname, '../../config/catalog'));

export function versionOf(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new RangeError(`\`${text}\` is no version`);
  return version;
}

/** What one release allows, judged as the product judges it. */
export interface Release {
  readonly routes: RouteTrie;
  readonly grants: Grants;
  match(method: string, target: string): RouteMatch;
  /** The rule of a target; undefined where no rule names it. */
  ruleOf(method: string, target: string): Rule | undefined;
  /** The levels that may, lowest first; a rule with `never` is nobody's. */
  allowed(method: string, target: string): readonly Level[];
}

const releases = new Map<string, Release>();

/** @param beside what runs at the same Deployment, where a cell of the table depends on it */
export function release(product: Product, text: string, beside?: string): Release {
  const key = `${product} ${text} ${beside ?? ''}`;
  const known = releases.get(key);
  if (known !== undefined) return known;
  const made = createRelease(product, text, beside);
  releases.set(key, made);
  return made;
}

function createRelease(product: Product, text: string, beside: string | undefined): Release {
  const version = versionOf(text);
  const other = beside === undefined ? undefined : versionOf(beside);
  const grants = grantsFor(
    product === 'airflow' ? { airflow: version, flower: other } : { airflow: other, flower: version },
  );
  const { rules } = CATALOGS[product];
  const routes = compileRoutes({ rules, version, demandOf: createDemand(grants) });
  const match = (method: string, target: string): RouteMatch => {
    const parsed = parseTarget(target);
    if (parsed.kind === 'ambiguous') return { kind: 'ambiguous', scope: 'target', detail: parsed.detail };
    return classify({ routes, method, target: parsed.target, prefixLength: 0 });
  };
  const ruleOf = (method: string, target: string): Rule | undefined => {
    const found = match(method, target);
    return found.kind === 'matched' ? found.rule : undefined;
  };
  const allowed = (method: string, target: string): readonly Level[] => {
    const rule = ruleOf(method, target);
    if (rule === undefined || rule.never) return [];
    return LEVELS.filter((level) =>
      rule.permissions.every((permission) => holds(grants[roleOf('WORKSPACE', level)], permission)),
    );
  };
  return { routes, grants, match, ruleOf, allowed };
}
