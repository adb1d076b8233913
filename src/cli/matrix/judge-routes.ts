import { LEVELS, type Level, roleOf } from '../../domain/role.js';
import type { RouteMatch, Rule } from '../../domain/route.js';
import type { GatedService } from '../../gate/service.js';
import { encodeSegment } from '../../policy/target/segment.js';
import type { RouteTrie, TrieEntry } from '../../policy/trie.js';
import { createRehearsal } from '../compose/rehearse.js';
import type { RouteRow } from './route-file.js';
import { createSamples, instantiate, isCatchAll, type Samples } from './route-syntax.js';
import { selectingQuery } from './selecting-query.js';

export type Verdict = 'allow' | 'deny';

/** What one method of one path takes, and who may. */
export interface MatrixRow {
  readonly method: string;
  /** As the catalog or the route table writes it. */
  readonly path: string;
  /** `not-found`: a row that takes what no route takes. Undefined: no rule names it. */
  readonly rule: string | undefined;
  /** All of them must be held; empty where nobody may. */
  readonly permissions: readonly string[];
  readonly public: boolean;
  readonly advisory: string | undefined;
  readonly verdicts: Readonly<Record<Level, Verdict>>;
}

/** The rule id of rows that are no routes. */
export const NOT_FOUND = 'not-found';

/** Judges rows of the services of one version: the same `decide` as every door, asked once for each role. */
export interface RouteJudge {
  /** One row for every rule, method and path, in the order of the catalog. */
  catalogRows(): MatrixRow[];
  /** One row for every method and path of a route table, in its order. */
  tableRows(rows: readonly RouteRow[]): MatrixRow[];
}

/** @param services of one version, each at the root: the plain catalog first, then those with extra routes */
export function createRouteJudge(services: readonly GatedService[]): RouteJudge {
  const judges = services.map((service) => createServiceJudge(service));

  function judgeTarget(method: string, targets: readonly string[]): Judged {
    const found = judges.map(({ judge }) => strictest(targets.map((target) => judge(method, target))));
    const [first] = found;
    if (first === undefined) throw new RangeError('a matrix needs a service');
    return found.find(({ match }) => match.kind === 'matched') ?? first;
  }

  return {
    catalogRows: () =>
      unique(
        judges.flatMap(({ service, samples, judge }) =>
          service.routes.entries.flatMap((entry) => {
            const judged = reach(entry, service.routes, samples, judge);
            return judged === undefined ? [] : [toRow(entry.method, pathOf(entry), judged)];
          }),
        ),
      ),
    tableRows: (rows) =>
      unique(
        rows.flatMap(({ methods, path }) =>
          methods
            .filter((method) => method !== 'OPTIONS')
            .map((method) => {
              const judged = judgeTarget(method, instantiate(path, judges[0]?.samples ?? NO_SAMPLES));
              const unnamed = judged.match.kind !== 'matched' && isCatchAll(path);
              return { ...toRow(method, path, judged), ...(unnamed ? { rule: NOT_FOUND } : {}) };
            }),
        ),
      ),
  };
}

const NO_SAMPLES: Samples = createSamples([]);

interface Judged {
  readonly match: RouteMatch;
  readonly verdicts: MatrixRow['verdicts'];
}

type Judge = (method: string, target: string) => Judged;

function createServiceJudge(service: GatedService) {
  const rehearsal = createRehearsal([service]);
  const judge: Judge = (method, target) => {
    const outcomes = LEVELS.map((level) => ({
      level,
      outcome: rehearsal.judge(service, roleOf('WORKSPACE', level), method, target),
    }));
    const [first] = outcomes;
    if (first === undefined) throw new RangeError('there is always a level');
    const verdicts = Object.fromEntries(
      outcomes.map(({ level, outcome }) => [level, outcome.decision.kind]),
    ) as MatrixRow['verdicts'];
    return { match: first.outcome.match, verdicts };
  };
  return { service, samples: createSamples(literalsOf(service.routes)), judge };
}

function literalsOf({ entries }: RouteTrie): string[] {
  return entries.flatMap(({ pattern }) =>
    pattern.steps.flatMap((step) => (step.kind === 'literal' ? [step.text] : [])),
  );
}

/** Judges an entry by a target that leads to it and to no other: its tail is made longer until it does. */
function reach(entry: TrieEntry, routes: RouteTrie, samples: Samples, judge: Judge): Judged | undefined {
  const steps = entry.pattern.steps.map((step) =>
    step.kind === 'literal' ? encodeSegment([step.text]) : samples.segment,
  );
  const deepest = Math.max(...routes.entries.map(({ pattern }) => pattern.steps.length));
  const lengths = entry.pattern.tail === undefined ? [0] : Array.from({ length: deepest + 2 }, (_, i) => i);
  for (const length of [...lengths.slice(1), 0]) {
    const tail = Array.from({ length }, () => samples.segment);
    const judged = judge(entry.method, `/${[...steps, ...tail].join('/')}${selectingQuery(entry, '1')}`);
    if (judged.match.kind === 'matched' && judged.match.rule === entry.rule) return judged;
  }
  return undefined;
}

/** A rule that a query selects is shown with it: `wait?result=`. */
function pathOf(entry: TrieEntry): string {
  return `${entry.pattern.source}${selectingQuery(entry, '')}`;
}

/** Where the targets of one row are judged differently, what is unnamed first, then what fewest may. */
function strictest(judged: readonly Judged[]): Judged {
  const rank = ({ match, verdicts }: Judged) =>
    match.kind === 'matched' ? LEVELS.filter((level) => verdicts[level] === 'allow').length : -1;
  return judged.reduce((a, b) => (rank(b) < rank(a) ? b : a));
}

function toRow(method: string, path: string, { match, verdicts }: Judged): MatrixRow {
  const rule: Rule | undefined = match.kind === 'matched' ? match.rule : undefined;
  return {
    method,
    path,
    rule: rule?.id,
    permissions: rule === undefined || rule.never ? [] : rule.permissions,
    public: rule?.public ?? false,
    advisory: rule?.advisory,
    verdicts,
  };
}

/** The first row of each method and path. */
function unique(rows: readonly MatrixRow[]): MatrixRow[] {
  const seen = new Set<string>();
  return rows.filter(({ method, path }) => {
    const key = `${method} ${path}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** How many rows no rule names. */
export function countUnknown(rows: readonly MatrixRow[]): number {
  return rows.filter(({ rule }) => rule === undefined).length;
}
