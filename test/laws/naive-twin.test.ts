import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadCatalogs } from '../../src/config/load-catalogs.js';
import { parseVersion } from '../../src/domain/version.js';
import { compileRoutes } from '../../src/policy/compile.js';
import { createDemand, grantsFor } from '../../src/policy/grants.js';
import type { Pattern } from '../../src/policy/pattern.js';
import type { RouteTrie, TrieEntry } from '../../src/policy/trie.js';

const catalogs = loadCatalogs(resolve(import.meta.dirname, '../../config/catalog'));

/** What the trie promises, said the slow way: of all entries that match, the one that is most literal from the left. */
function slowFind(
  entries: readonly TrieEntry[],
  method: string,
  parts: readonly string[],
): string | undefined {
  const matching = entries.filter((entry) => entry.method === method && matches(entry.pattern, parts));
  const rank = ({ pattern }: TrieEntry) =>
    [
      ...pattern.steps.map((step) => (step.kind === 'literal' ? 'a' : 'b')),
      ...(pattern.tail === undefined ? [] : ['c']),
    ].join('');
  return matching.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]?.rule.id;
}

function matches(pattern: Pattern, parts: readonly string[]): boolean {
  if (parts.length < pattern.steps.length) return false;
  if (pattern.tail === undefined && parts.length > pattern.steps.length) return false;
  return pattern.steps.every((step, i) =>
    step.kind === 'literal' ? step.text === parts[i] : parts[i] !== '',
  );
}

describe.each([
  ['airflow', '3.3'],
  ['airflow', '2.11'],
  ['flower', '2.2'],
] as const)('law: the trie of %s %s', (product, text) => {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(text);
  const demandOf = createDemand(grantsFor({ airflow: version, flower: version }));
  const routes: RouteTrie = compileRoutes({ rules: catalogs[product].rules, version, demandOf });
  const words = [
    ...new Set(
      routes.entries.flatMap(({ pattern }) =>
        pattern.steps.flatMap((s) => (s.kind === 'literal' ? [s.text] : [])),
      ),
    ),
  ];

  const segment = fc.oneof(fc.constantFrom(...words), fc.constantFrom('x', '~', '', '0', 'constructor'));
  const nearRoute = fc
    .tuple(
      fc.constantFrom(...routes.entries),
      fc.array(segment, { minLength: 12, maxLength: 12 }),
      fc.nat(11),
      fc.constantFrom('keep', 'swap', 'drop', 'add'),
    )
    .map(([{ pattern }, fill, at, change]) => {
      const parts = pattern.steps.map((step, i) => (step.kind === 'literal' ? step.text : (fill[i] ?? 'x')));
      if (pattern.tail !== undefined) parts.push(...fill.slice(0, at % 4));
      if (change === 'swap' && parts.length > 0) parts[at % parts.length] = fill[at] ?? 'x';
      if (change === 'drop') parts.splice(at % (parts.length + 1), 1);
      if (change === 'add') parts.splice(at % (parts.length + 1), 0, fill[at] ?? 'x');
      return parts;
    });

  it('agrees with a slow twin that reads all rules', () => {
    fc.assert(
      fc.property(nearRoute, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), (parts, method) => {
        const found = routes.find(method, parts)?.leaf.entries;
        const slow = slowFind(routes.entries, method, parts);
        expect(found?.some((entry) => entry.rule.id === slow) ?? slow === undefined).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
