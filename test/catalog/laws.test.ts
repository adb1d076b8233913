import { describe, expect, it } from '@jest/globals';
import { holds, type Permission, type PermissionSet } from '../../src/domain/permission.js';
import {
  higherNativeRole,
  LEVELS,
  type Level,
  NATIVE_ROLES,
  type NativeRole,
  roleOf,
} from '../../src/domain/role.js';
import type { Rule } from '../../src/domain/route.js';
import { compareVersions } from '../../src/domain/version.js';
import type { CatalogRule } from '../../src/policy/catalog-rule.js';
import { findTies } from '../../src/policy/compile.js';
import { parsePattern, patternsIntersect } from '../../src/policy/pattern.js';
import { CATALOGS, PRODUCTS, release } from './catalogs.js';
import { demandOf } from './demands.js';
import { ABOVE_THE_CEILING, WEAKER_ON_PURPOSE, WITHOUT_A_TABLE } from './exceptions.js';
import { isCatchAll, patternOf, type RouteRow, type RouteTable, TABLES, targetsOf } from './tables.js';

/** The exact release, and its line: `X.Y` has to name whatever one of its patches has. */
const JUDGED = TABLES.flatMap((table) => {
  const line = table.version.split('.').slice(0, 2).join('.');
  return [table.version, line].map((version) => ({
    name: `${table.name} judged as ${version}`,
    version,
    table,
  }));
});

/** The stock role that a level is asserted as (least privilege). */
const MAPPED = { VIEWER: 'Viewer', EDITOR: 'User', ADMIN: 'Admin' } as const satisfies Record<
  Level,
  NativeRole
>;

describe('the catalog', () => {
  it.each(JUDGED)('names every route of $name', ({ table, version }) => {
    const { match } = release(table.product, version);
    const unnamed = judgedRows(table).filter(
      ({ method, target }) => match(method, target).kind !== 'matched',
    );
    expect(unnamed.map(({ method, target }) => `${method} ${target}`)).toEqual([]);
  });

  it.each(JUDGED)('asks no less than Airflow does in $name', ({ table, version }) => {
    const { ruleOf } = release(table.product, version);
    const weaker = judgedRows(table).flatMap(({ row, method, target }) => {
      const rule = ruleOf(method, target);
      return rule === undefined
        ? []
        : shortfalls(row, rule).map((need) => `${method} ${target}: ${rule.id} leaves out ${need}`);
    });
    expect(weaker).toEqual([]);
  });

  it.each(JUDGED)('refuses by name what nobody can use in $name', ({ table, version }) => {
    const { ruleOf } = release(table.product, version);
    const open = judgedRows(table).filter(
      ({ row, method, target }) => row.denied && ruleOf(method, target)?.never !== true,
    );
    // A line is the union of its patches: what one patch refuses, another may have.
    expect(open.map(({ method, target }) => `${method} ${target}`)).toEqual([]);
  });

  it.each(TABLES.filter((table) => table.product === 'airflow' && table.version.startsWith('3.')))(
    'asks enough wherever the first match of $name wins over a more literal row',
    (table) => {
      const { allowed, grants } = release(table.product, table.version);
      const weaker = overlaps(table).flatMap(({ first, method, target }) =>
        allowed(method, target)
          .filter((level) => !mayNatively(first, grants[roleOf('WORKSPACE', level)]))
          .map((level) => `${method} ${target} is open to ${level}, ${first.path} is not`),
      );
      expect(weaker).toEqual([]);
    },
  );

  it('knows every demand that the tables hold', () => {
    const unknown = TABLES.flatMap((table) => table.rows)
      .filter((row) => !row.denied)
      .flatMap((row) => row.needs)
      .filter((need) => demandOf(need) === undefined);
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('raises by an advisory only what another rule names at the same path and method', () => {
    const alone = PRODUCTS.flatMap((product) => {
      const places = ({ methods, paths, query }: CatalogRule) =>
        paths.flatMap((path) => methods.map((method) => `${method} ${path} ${JSON.stringify(query ?? {})}`));
      const { rules } = CATALOGS[product];
      const named = new Set(rules.filter((rule) => rule.advisory === undefined).flatMap(places));
      return rules.filter(
        (rule) => rule.advisory !== undefined && !places(rule).every((place) => named.has(place)),
      );
    });
    expect(alone.map((rule) => rule.id)).toEqual([]);
  });

  it('holds no dead rule but those that say why', () => {
    const alive = new Set(
      TABLES.flatMap((table) => {
        const { ruleOf, routes } = release(table.product, table.version);
        const named = judgedRows(table).map(({ method, target }) => ruleOf(method, target));
        // A rule that a query selects stands at the shape of one that a row names.
        const selected = routes.entries.filter((entry) => entry.query !== undefined);
        return [...named.map((rule) => rule?.id), ...selected.map((entry) => entry.rule.id)];
      }),
    );
    const dead = PRODUCTS.flatMap((product) => CATALOGS[product].rules)
      .filter((rule) => rule.advisory === undefined)
      .map((rule) => rule.id)
      .filter((id) => !alive.has(id) && !id.startsWith('page-'));
    expect([...new Set(dead)].sort()).toEqual(Object.keys(WITHOUT_A_TABLE).sort());
  });

  it('grants below the ceiling of the stock role that Airflow 1 and 2 map a level to', () => {
    const versions = CATALOGS.airflow.versions.filter((version) => !version.startsWith('3.'));
    const above = versions.flatMap((version) => {
      const { routes, grants } = release('airflow', version);
      return routes.entries.flatMap(({ rule }) => {
        const lowest = LEVELS.find((level) =>
          rule.permissions.every((permission) => holds(grants[roleOf('WORKSPACE', level)], permission)),
        );
        if (rule.never || lowest === undefined || rule.nativeRole === undefined) return [];
        const mapped = MAPPED[lowest];
        return higherNativeRole(mapped, rule.nativeRole) === mapped ? [] : [rule.id];
      });
    });
    expect([...new Set(above)].sort()).toEqual(Object.keys(ABOVE_THE_CEILING).sort());
  });

  it('uses every exception it lists', () => {
    const used = new Set(
      JUDGED.flatMap(({ table, version }) => {
        const { ruleOf } = release(table.product, version);
        return judgedRows(table).flatMap(({ row, method, target }) =>
          row.needs.map((need) => `${ruleOf(method, target)?.id} ${need}`),
        );
      }),
    );
    expect(WEAKER_ON_PURPOSE.filter(({ rule, need }) => !used.has(`${rule} ${need}`))).toEqual([]);
  });
});

describe.each(PRODUCTS)('the catalog of %s', (product) => {
  const catalog = CATALOGS[product];

  it('names no shape twice for one method, version and query', () => {
    expect(findTies(catalog.rules)).toEqual([]);
  });

  it('repeats an id only for later versions of the same thing', () => {
    const torn = catalog.rules.filter((rule, index) => {
      const earlier = catalog.rules.slice(0, index).findLast((other) => other.id === rule.id);
      if (earlier === undefined) return false;
      const [end, start] = [earlier.until, rule.since];
      return end === undefined || start === undefined || compareVersions(end, start) > 0;
    });
    expect(torn.map((rule) => rule.id)).toEqual([]);
  });

  it.each(catalog.versions)('compiles for %s', (version) => {
    const { routes } = release(product, version);
    expect(routes.entries.length).toBeGreaterThan(0);
  });

  it('opens to callers without a credential only health, version and static files', () => {
    const open = catalog.rules.filter((rule) => rule.public).map((rule) => rule.id);
    expect(open.filter((id) => !['health', 'version', 'static'].includes(id))).toEqual([]);
  });

  it('asks only permissions of its own product', () => {
    const foreign = catalog.rules.filter((rule) =>
      rule.permissions.some((permission) => !permission.startsWith(`deployment.${product}.`)),
    );
    expect(foreign.map((rule) => rule.id)).toEqual([]);
  });

  it('calls every unsafe method a write, unless it only reads or shows', () => {
    const odd = catalog.rules.filter(
      (rule) => rule.effect === 'form' && rule.methods.some((method) => method !== 'GET'),
    );
    expect(odd.map((rule) => rule.id)).toEqual([]);
  });

  it('writes native roles that Airflow knows', () => {
    const roles = catalog.rules.flatMap((rule) => rule.nativeRole ?? []);
    expect(roles.every((role) => NATIVE_ROLES.includes(role))).toBe(true);
  });
});

function judgedRows(table: RouteTable): { row: RouteRow; method: string; target: string }[] {
  return table.rows
    .filter((row) => !isCatchAll(row))
    .flatMap((row) =>
      row.methods.flatMap((method) => targetsOf(row).map((target) => ({ row, method, target }))),
    );
}

/** Which of the route's demands the rule does not ask. */
function shortfalls(row: RouteRow, rule: Rule): string[] {
  if (rule.never || row.denied) return [];
  return row.needs.filter((need) => {
    if (WEAKER_ON_PURPOSE.some((exception) => exception.rule === rule.id && exception.need === need))
      return false;
    const demand = demandOf(need);
    if (demand === undefined || demand === 'anyone') return false;
    if (demand === 'nobody') return true;
    if (demand === 'admin') return !asksAdmin(rule);
    return !demand.every((permission) => rule.permissions.includes(permission));
  });
}

/** Whether these permissions cover what the row itself demands. */
function mayNatively(row: RouteRow, held: PermissionSet): boolean {
  return row.needs.every((need) => {
    const demand = demandOf(need);
    return Array.isArray(demand)
      ? demand.every((permission: Permission) => holds(held, permission))
      : demand === 'anyone';
  });
}

function asksAdmin(rule: Rule): boolean {
  return rule.permissions.some((permission) =>
    /\.(user|connection|variable|pool|xcom|config|provider)\./.test(permission),
  );
}

/** Paths that two rows of one app match: the earlier row is the one Starlette runs. */
function overlaps(table: RouteTable): { first: RouteRow; method: string; target: string }[] {
  const rows = table.rows.filter((row) => !isCatchAll(row));
  return rows.flatMap((first, index) =>
    rows.slice(index + 1).flatMap((second) => {
      if (first.app !== second.app) return [];
      const [a, b] = [parsePattern(patternOf(first)), parsePattern(patternOf(second))];
      if (a.kind !== 'pattern' || b.kind !== 'pattern' || !patternsIntersect(a.pattern, b.pattern)) return [];
      const target = common(patternOf(first), patternOf(second));
      return first.methods
        .filter((method) => second.methods.includes(method))
        .map((method) => ({ first, method, target }));
    }),
  );
}

/** A target that both patterns match: the literal of either side, else a made-up segment. */
function common(a: string, b: string): string {
  const [left, right] = [a.split('/'), b.split('/')];
  const isTail = (segment: string | undefined) => segment?.endsWith('*}') === true;
  const segments: string[] = [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    const literal = [x, y].find((segment) => segment !== undefined && !segment.startsWith('{'));
    segments.push(literal ?? 'some');
    if ((isTail(x) && i === right.length - 1) || (isTail(y) && i === left.length - 1)) break;
  }
  return segments.join('/');
}
