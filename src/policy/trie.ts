import type { Rule } from '../domain/route.js';
import type { Pattern } from './pattern.js';

/** One rule at one method and pattern, with the query that selects it. */
export interface TrieEntry {
  readonly method: string;
  readonly pattern: Pattern;
  readonly query: Readonly<Record<string, string>> | undefined;
  readonly rule: Rule;
}

/** The entries of one shape for one method: those selected by query first, then at most one without. */
export interface Leaf {
  readonly entries: readonly TrieEntry[];
}

export interface Found {
  readonly leaf: Leaf;
  /** How many path parts lie before the tail; all of them where the pattern has none. */
  readonly fixedParts: number;
}

/**
 * Segment trie. `find` compares from the left, a literal before `{x}` before `{x*}`, and steps back where a branch has
 * no rule for the method, as Werkzeug's and Starlette's matchers go on to the next route. Its cost is bounded by the
 * depth of the path, not by the number of rules.
 */
export interface RouteTrie {
  find(method: string, parts: readonly string[]): Found | undefined;
  readonly entries: readonly TrieEntry[];
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  readonly ends: Map<string, TrieEntry[]>;
  readonly tails: Map<string, TrieEntry[]>;
}

export function createTrie(entries: readonly TrieEntry[]): RouteTrie {
  const root = createNode();
  for (const entry of entries) insert(root, entry);
  const find = (node: Node, method: string, parts: readonly string[], depth: number): Found | undefined => {
    const part = parts[depth];
    if (part === undefined) {
      const entries = node.ends.get(method) ?? node.tails.get(method);
      return entries === undefined ? undefined : { leaf: { entries }, fixedParts: depth };
    }
    const literal = node.literals.get(part);
    const found =
      (literal && find(literal, method, parts, depth + 1)) ??
      (node.parameter && part !== '' ? find(node.parameter, method, parts, depth + 1) : undefined);
    if (found !== undefined) return found;
    const tail = node.tails.get(method);
    return tail === undefined ? undefined : { leaf: { entries: tail }, fixedParts: depth };
  };
  return { entries, find: (method, parts) => find(root, method, parts, 0) };
}

function insert(root: Node, entry: TrieEntry): void {
  let node = root;
  for (const step of entry.pattern.steps) {
    let next = step.kind === 'literal' ? node.literals.get(step.text) : node.parameter;
    if (next === undefined) {
      next = createNode();
      if (step.kind === 'literal') node.literals.set(step.text, next);
      else node.parameter = next;
    }
    node = next;
  }
  const leaves = entry.pattern.tail === undefined ? node.ends : node.tails;
  const leaf = leaves.get(entry.method) ?? [];
  leaf.push(entry);
  leaf.sort((a, b) => selectivity(b) - selectivity(a));
  leaves.set(entry.method, leaf);
}

function selectivity(entry: TrieEntry): number {
  return Object.keys(entry.query ?? {}).length;
}

function createNode(): Node {
  return { literals: new Map(), parameter: undefined, ends: new Map(), tails: new Map() };
}
