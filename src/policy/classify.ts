import type { RouteMatch } from '../domain/route.js';
import type { CanonicalTarget, Segment } from './target/parse.js';
import { type QueryPair, queryPairs } from './target/query.js';
import type { RouteTrie, TrieEntry } from './trie.js';

export interface ClassifyInput {
  readonly routes: RouteTrie;
  /** HEAD is judged as GET. */
  readonly method: string;
  readonly target: CanonicalTarget;
  /** How many segments the service's own path takes. */
  readonly prefixLength: number;
}

/**
 * Names the rule of a canonical target. `%2F` is compared as the slash that Werkzeug and Starlette read it as; it is
 * accepted inside a tail only, elsewhere the target is ambiguous (it would be data to one server, a slash to another).
 */
export function classify({ routes, method, target, prefixLength }: ClassifyInput): RouteMatch {
  const { parts, firstJoined } = flatten(target.segments.slice(prefixLength));
  const found = routes.find(method === 'HEAD' ? 'GET' : method, parts);
  // A joined part at index i has its `%2F` before it, so the first of a tail may not be joined either.
  if (firstJoined <= (found?.fixedParts ?? parts.length)) return ambiguous('`%2F` outside a tail parameter');
  if (found === undefined) return { kind: 'unmatched' };

  const { entries } = found.leaf;
  const keys = new Set(entries.flatMap((entry) => Object.keys(entry.query ?? {})));
  const pairs = keys.size === 0 ? [] : queryPairs(target.query);
  const doubled = [...keys].find((key) => pairs.filter((pair) => pair.key === key).length > 1);
  if (doubled !== undefined) return ambiguous(`query key \`${doubled}\` given twice`);
  // Python before 3.9.2 and 3.8.8 also splits a query at `;` (CVE-2021-23336).
  if (keys.size > 0 && target.query?.includes(';')) return ambiguous('`;` in a query that selects the rule');

  const entry = entries.find((candidate) => selects(candidate, pairs));
  if (entry === undefined) return { kind: 'unmatched' };
  return { kind: 'matched', rule: entry.rule, params: paramsOf(entry, parts) };
}

function selects(entry: TrieEntry, pairs: readonly QueryPair[]): boolean {
  return Object.entries(entry.query ?? {}).every(([key, value]) =>
    pairs.some((pair) => pair.key === key && (value === '*' || pair.value === value)),
  );
}

/** Path parts split at raw and encoded slashes alike, and the index of the first that stands behind an encoded one. */
function flatten(segments: readonly Segment[]): { parts: string[]; firstJoined: number } {
  const parts: string[] = [];
  let firstJoined = Number.POSITIVE_INFINITY;
  for (const segment of segments) {
    if (segment.parts.length > 1) firstJoined = Math.min(firstJoined, parts.length + 1);
    parts.push(...segment.parts);
  }
  return { parts, firstJoined };
}

function paramsOf(entry: TrieEntry, parts: readonly string[]): Readonly<Record<string, string>> {
  const params: Record<string, string> = Object.create(null);
  entry.pattern.steps.forEach((step, index) => {
    if (step.kind === 'parameter') params[step.name] = parts[index] ?? '';
  });
  if (entry.pattern.tail !== undefined)
    params[entry.pattern.tail] = parts.slice(entry.pattern.steps.length).join('/');
  return params;
}

function ambiguous(detail: string): RouteMatch {
  return { kind: 'ambiguous', scope: 'route', detail };
}
