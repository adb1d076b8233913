import { branchesOf, type JsonNode } from './json-node.js';

/** What may stand at a node, in words: ``a whole number from 1 to 256, or `auto` ``. */
export function describeType(root: JsonNode, node: JsonNode): string {
  const branches = branchesOf(root, node);
  const words = [...new Set(branches.map((branch) => describeBranch(root, branch)))];
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function describeBranch(root: JsonNode, branch: JsonNode): string {
  if (branch.const !== undefined) return quote(branch.const);
  if (branch.enum !== undefined) return describeEnum(branch.enum);
  switch (branch.type) {
    case 'integer':
      return `a whole number${range(branch)}`;
    case 'number':
      return `a number${range(branch)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      return 'text';
    case 'array':
      return branch.items === undefined ? 'a list' : `a list of ${plural(describeType(root, branch.items))}`;
    case 'object':
      return 'a mapping';
    default:
      return 'something else';
  }
}

function describeEnum(values: readonly unknown[]): string {
  // The vocabulary of permissions is a page of its own.
  return values.length > 12 ? 'a known name' : `one of ${values.map(quote).join(', ')}`;
}

function plural(words: string): string {
  const plurals: Record<string, string> = {
    'a mapping': 'mappings',
    text: 'texts',
    'a known name': 'known names',
  };
  return plurals[words] ?? words.replace(/^one of /, '');
}

function range({ minimum, maximum }: JsonNode): string {
  if (minimum === undefined && maximum === undefined) return '';
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return ` from ${minimum}`;
  return ` from ${minimum ?? 'any'} to ${maximum}`;
}

function quote(value: unknown): string {
  return `\`${String(value)}\``;
}
