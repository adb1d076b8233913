import { type Fault, FaultsError } from '../domain/errors.js';
import type { Permission } from '../domain/permission.js';
import { verbOf } from '../domain/permission.js';
import { higherNativeRole } from '../domain/role.js';
import type { Effect, Rule } from '../domain/route.js';
import { compareVersions, type Version, versionWithin } from '../domain/version.js';
import type { CatalogRule } from './catalog-rule.js';
import { type Pattern, parsePattern, patternsIntersect, shapeOf } from './pattern.js';
import { createTrie, type RouteTrie, type TrieEntry } from './trie.js';

export interface CompileOptions {
  /** The rules of the product's catalog, all versions. */
  readonly rules: readonly CatalogRule[];
  /** `extraRoutes` of the Deployment: no version range, and no path that a rule of this version matches. */
  readonly extraRules?: readonly CatalogRule[];
  readonly version: Version;
  /** Orders demands where several rules stand at one shape: the higher, the fewer roles hold it. */
  readonly demandOf: (permissions: readonly Permission[]) => number;
}

/**
 * The routes of one version, ready to classify. Rules of one shape that hold for different patches of an `X.Y`, and
 * advisories, are joined into one that demands all they demand.
 *
 * Throws {@link FaultsError} with every malformed pattern and every tie.
 */
export function compileRoutes(options: CompileOptions): RouteTrie {
  const extraRules = options.extraRules ?? [];
  const faults = [...findTies(options.rules), ...findTies(extraRules)];
  const applicable = options.rules.filter((rule) => versionWithin(options.version, rule.since, rule.until));
  faults.push(...findOverlaps(extraRules, applicable));
  if (faults.length > 0) throw new FaultsError('catalog', faults);

  const groups = new Map<string, Placed[]>();
  for (const placed of [...applicable, ...extraRules].flatMap(placements)) {
    const group = groups.get(placed.key);
    if (group === undefined) groups.set(placed.key, [placed]);
    else group.push(placed);
  }
  return createTrie([...groups.values()].map((group) => join(group, options.demandOf)));
}

/** Rules that say two things about one method, shape, version and query: an author's mistake, never resolved by order. */
export function findTies(rules: readonly CatalogRule[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, CatalogRule[]>();
  for (const rule of rules) {
    for (const path of rule.paths) {
      const parsed = parsePattern(path);
      if (parsed.kind === 'malformed') faults.push(faultAt(rule, `rule \`${rule.id}\`: ${parsed.message}`));
    }
    for (const { key, pattern } of placements(rule)) {
      const earlier = seen.get(key) ?? [];
      const twin = earlier.find((other) => tied(other, rule));
      if (twin !== undefined) {
        const where =
          twin === rule
            ? 'is written twice in this rule'
            : `is also named by rule \`${twin.id}\` (${twin.origin})`;
        faults.push(
          faultAt(
            rule,
            `rule \`${rule.id}\`: \`${pattern.source}\` ${where} for the same method and version; keep one`,
          ),
        );
      }
      seen.set(key, [...earlier, rule]);
    }
  }
  return faults;
}

function findOverlaps(extraRules: readonly CatalogRule[], rules: readonly CatalogRule[]): Fault[] {
  const known = rules.flatMap((rule) => patternsOf(rule).map((pattern) => ({ rule, pattern })));
  return extraRules.flatMap((extra) =>
    patternsOf(extra).flatMap((pattern) => {
      const clash = known.find((other) => patternsIntersect(pattern, other.pattern));
      if (clash === undefined) return [];
      const message = `extra route \`${extra.id}\`: \`${pattern.source}\` matches paths of catalog rule \`${clash.rule.id}\` (\`${clash.pattern.source}\`); change the role with permissions: instead`;
      return [faultAt(extra, message)];
    }),
  );
}

interface Placed {
  readonly key: string;
  readonly method: string;
  readonly pattern: Pattern;
  readonly rule: CatalogRule;
}

function placements(rule: CatalogRule): Placed[] {
  const query = JSON.stringify(Object.entries(rule.query ?? {}).sort());
  return patternsOf(rule).flatMap((pattern) =>
    rule.methods.map((method) => ({ key: `${method} ${shapeOf(pattern)} ${query}`, method, pattern, rule })),
  );
}

function patternsOf(rule: CatalogRule): Pattern[] {
  return rule.paths.flatMap((path) => {
    const parsed = parsePattern(path);
    return parsed.kind === 'pattern' ? [parsed.pattern] : [];
  });
}

function tied(a: CatalogRule, b: CatalogRule): boolean {
  if (a !== b && (a.advisory === undefined) !== (b.advisory === undefined)) return false;
  if (a !== b && a.advisory !== undefined && a.advisory !== b.advisory) return false;
  const startsBefore = (x: CatalogRule, y: CatalogRule) =>
    x.until === undefined || y.since === undefined || compareVersions(y.since, x.until) < 0;
  return startsBefore(a, b) && startsBefore(b, a);
}

function faultAt(rule: CatalogRule, message: string): Fault {
  const match = /^(.*):(\d+)$/.exec(rule.origin);
  return {
    file: match?.[1] ?? rule.origin,
    line: match?.[2] === undefined ? undefined : Number(match[2]),
    message,
  };
}

const EFFECT_RANK = { read: 0, form: 1, write: 2 } as const satisfies Record<Effect, number>;

/** One rule of a group that demands what each of them demands. */
function join(group: readonly Placed[], demandOf: CompileOptions['demandOf']): TrieEntry {
  const strictestFirst = [...group].sort((a, b) => demand(b.rule, demandOf) - demand(a.rule, demandOf));
  const [first] = strictestFirst;
  if (first === undefined) throw new RangeError('a group of rules is never empty');
  const rules = strictestFirst.map((placed) => placed.rule);
  const rule: Rule = {
    id: first.rule.id,
    path: first.pattern.source,
    permissions: [...new Set(rules.flatMap((one) => one.permissions))],
    why: first.rule.why,
    effect: rules.map(effectOf).reduce((a, b) => (EFFECT_RANK[a] >= EFFECT_RANK[b] ? a : b)),
    nativeRole: rules
      .map((one) => one.nativeRole)
      .reduce((a, b) => (a !== undefined && b !== undefined ? higherNativeRole(a, b) : (a ?? b))),
    public: rules.every((one) => one.public),
    never: rules.some((one) => one.never),
    stream: rules.map((one) => one.stream).reduce((a, b) => (a === 'none' ? b : a)),
    multipart: rules.some((one) => one.multipart),
    advisory: rules.find((one) => one.advisory !== undefined)?.advisory,
  };
  return { method: first.method, pattern: first.pattern, query: first.rule.query, rule };
}

function demand(rule: CatalogRule, demandOf: CompileOptions['demandOf']): number {
  return rule.never ? Number.POSITIVE_INFINITY : demandOf(rule.permissions);
}

function effectOf(rule: CatalogRule): Effect {
  if (rule.effect !== undefined) return rule.effect;
  return rule.permissions.every((permission) => verbOf(permission) === 'get') ? 'read' : 'write';
}
