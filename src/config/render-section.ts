import { describeType } from './describe-type.js';
import { branchesOf, dereference, type JsonNode } from './json-node.js';

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** What a walk over one section found: rows of its table, and tables of their own for the alternatives of choices. */
interface Found {
  readonly rows: Row[];
  readonly choices: string[];
}

/** One part of the configuration as Markdown: a heading, what it is for, a row for every key below it. */
export function renderSection(root: JsonNode, key: string, written: JsonNode): string {
  const node = dereference(root, written);
  const found: Found = { rows: [], choices: [] };
  const [branch] = branchesOf(root, node);
  if (branch?.properties === undefined) collect(root, node, key, found, 'no');
  else collectBelow(root, branch, `${key}.`, found);
  return [`## ${key}`, node.description ?? '', table(found.rows), ...found.choices]
    .filter((part) => part !== '')
    .join('\n\n');
}

type Required = 'yes' | 'or-file' | 'no';

function collectBelow(root: JsonNode, mapping: JsonNode, prefix: string, found: Found): void {
  for (const [name, child] of Object.entries(mapping.properties ?? {})) {
    if (child.const !== undefined) continue;
    const either = mapping.allOf?.some((rule) =>
      rule.oneOf?.some(({ required }) => required?.includes(name)),
    );
    const required = mapping.required?.includes(name) ? 'yes' : either ? 'or-file' : 'no';
    collect(root, child, `${prefix}${name}`, found, required);
  }
}

function collect(root: JsonNode, node: JsonNode, key: string, found: Found, required: Required): void {
  const branches = branchesOf(root, node);
  const mappings = branches.filter((branch) => branch.properties !== undefined);
  if (!key.endsWith('[]')) found.rows.push(rowOf(root, node, key, required));
  if (mappings.length > 1) {
    for (const branch of mappings) found.choices.push(renderChoice(root, branch, key));
    return;
  }
  for (const branch of mappings) collectBelow(root, branch, `${key}.`, found);
  // What is shared between places has a section of its own.
  const items = branches.map((branch) => branch.items).find((candidate) => candidate !== undefined);
  if (items === undefined || items.$ref !== undefined) return;
  if (branchesOf(root, items).some((branch) => branch.properties !== undefined))
    collect(root, items, `${key}[]`, found, 'no');
}

function renderChoice(root: JsonNode, branch: JsonNode, key: string): string {
  const found: Found = { rows: [], choices: [] };
  const choice = Object.entries(branch.properties ?? {}).find(([, child]) => child.const !== undefined);
  collectBelow(root, branch, '', found);
  const title = `### ${key} with \`${choice?.[0]}: ${String(choice?.[1].const)}\``;
  return [title, branch.description ?? '', table(found.rows)].filter((part) => part !== '').join('\n\n');
}

function rowOf(root: JsonNode, written: JsonNode, key: string, required: Required): Row {
  const node = dereference(root, written);
  const secret = node['x-secret'] === true ? ', secret' : '';
  const fallbacks = {
    yes: '**required**',
    'or-file': key.endsWith('File') ? '' : `**required**, or \`${key.split('.').at(-1)}File\``,
    no: describeDefault(node),
  } satisfies Record<Required, string>;
  return {
    key: `\`${key}\``,
    type: `${describeType(root, node)}${secret}`,
    fallback: fallbacks[required],
    meaning: node.description ?? '',
  };
}

function describeDefault({ default: value, type }: JsonNode): string {
  if (value === undefined) return '';
  return type === 'object' && JSON.stringify(value) === '{}' ? '' : `\`${JSON.stringify(value)}\``;
}

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ key, type, fallback, meaning }) =>
    [key, type, fallback, meaning].map(cell).join(' | '),
  );
  return [
    '| key | type | default | meaning |',
    '|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
