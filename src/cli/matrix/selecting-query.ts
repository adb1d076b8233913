import type { TrieEntry } from '../../policy/trie.js';

/** The query that selects an entry, with its `?`; empty where none does. @param anything stands where any value would do */
export function selectingQuery({ query }: Pick<TrieEntry, 'query'>, anything: string): string {
  const pairs = Object.entries(query ?? {}).map(
    ([key, value]) => `${encodeURIComponent(key)}=${value === '*' ? anything : encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
