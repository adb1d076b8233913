import type * as z from 'zod';
import { describeType } from './describe-type.js';
import { type Finding, formatPath, type Path, valueAt } from './finding.js';
import { branchesOf, branchFor, childNode, type JsonNode, knownKeys, typeOf } from './json-node.js';
import { suggestName } from './suggest-name.js';

/** One issue of zod as findings: an unknown key is a finding each. Values are shown only where they are no secret. */
export function describeIssue(issue: z.core.$ZodIssue, root: JsonNode, data: unknown): Finding[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const value = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: describeUnknown(key, path, root, data),
      }));
    case 'custom':
    case 'invalid_format':
      return [{ path, message: `${subject(issue.message, value, path, root, data)}${issue.message}` }];
    case 'invalid_union':
      return describeUnion(issue, path, root, data);
    default:
      return [{ path, message: describePlain(issue, path, value, root, data) }];
  }
}

function describePlain(
  issue: z.core.$ZodIssue,
  path: Path,
  value: unknown,
  root: JsonNode,
  data: unknown,
): string {
  const name = `\`${formatPath(path)}\``;
  if (value === undefined) return describeMissing(path, root, data);
  if (issue.message.startsWith('must '))
    return `${subject(issue.message, value, path, root, data)}${issue.message}`;
  const node = nodeAt(root, data, path);
  if (value === null)
    return `${name} is empty; give it ${node ? describeType(root, node) : 'a value'}, or leave the key out`;
  if (issue.code === 'too_small' && issue.origin === 'array') return `${name} is empty; list at least one`;
  if (issue.code === 'too_small' && issue.origin === 'string')
    return `${name} is empty; give it a value or leave the key out`;
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `${name} is too long; ${issue.maximum} characters at most`;
  const expected = node === undefined ? 'something else' : describeType(root, node);
  if (expected === 'text' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `${name} must be text; quote it: \`"${value}"\``;
  }
  const names = node === undefined ? [] : branchesOf(root, node).flatMap((branch) => branch.enum ?? []);
  const near =
    typeof value === 'string'
      ? suggestName(
          value,
          names.filter((option) => typeof option === 'string'),
        )
      : undefined;
  const question = near === undefined ? '' : `; did you mean \`${near}\`?`;
  const demand = `must be ${expected}`;
  return `${subject(demand, value, path, root, data)}${demand}${question}`;
}

function describeMissing(path: Path, root: JsonNode, data: unknown): string {
  const name = `\`${formatPath(path)}\``;
  const node = nodeAt(root, data, path);
  if (node?.['x-secret'] === true)
    return `${name} is missing; give \`${path.at(-1)}\` or \`${path.at(-1)}File\``;
  return `${name} is missing; add it under \`${formatPath(path.slice(0, -1))}\``;
}

function describeUnknown(key: string, path: Path, root: JsonNode, data: unknown): string {
  const node = nodeAt(root, data, path);
  const known = node === undefined ? [] : knownKeys(root, node, valueAt(data, path));
  const where = path.length === 0 ? '' : ` in \`${formatPath(path)}\``;
  const near = suggestName(key, known);
  if (near !== undefined) return `unknown key \`${key}\`${where}; did you mean \`${near}\`?`;
  const list =
    known.length > 0 && known.length <= 16
      ? `; known here: ${known.map((name) => `\`${name}\``).join(', ')}`
      : '; remove it';
  return `unknown key \`${key}\`${where}${list}`;
}

/** Of alternatives, the one whose type fits is the one that was meant. */
function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  root: JsonNode,
  data: unknown,
): Finding[] {
  const meant = issue.errors.find(
    (branch) => !branch.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'),
  );
  const isChoiceOfConstants = meant?.some(
    (inner) => inner.path.length === 0 && inner.code === 'invalid_value',
  );
  if (meant !== undefined && !isChoiceOfConstants) {
    return meant.flatMap((inner) => describeIssue({ ...inner, path: [...path, ...inner.path] }, root, data));
  }
  const value = valueAt(data, path);
  const name = `\`${formatPath(path)}\``;
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : undefined;
  if (options !== undefined) {
    const list = options.map((option) => `\`${String(option)}\``).join(', ');
    if (value === undefined) return [{ path, message: `${name} is missing; use one of ${list}` }];
    const near = typeof value === 'string' ? suggestName(value, options.map(String)) : undefined;
    const demand = `must be one of ${list}${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
    return [{ path, message: `${subject(demand, value, path, root, data)}${demand}` }];
  }
  return [{ path, message: describePlain(issue, path, value, root, data) }];
}

/** Names the thing, and its value in front of a demand, unless the value is secret or too much to print. */
function subject(message: string, value: unknown, path: Path, root: JsonNode, data: unknown): string {
  const name = `\`${formatPath(path)}\``;
  const printed = print(value, path, root, data);
  return message.startsWith('must ') && printed !== undefined ? `${name} is ${printed}; it ` : `${name} `;
}

function print(value: unknown, path: Path, root: JsonNode, data: unknown): string | undefined {
  const type = typeOf(value);
  if (type === 'object') return 'a mapping';
  if (type === 'array') return 'a list';
  const printed = String(value);
  const secret = nodeAt(root, data, path)?.['x-secret'] === true;
  // A URL may hold a password in front of its host.
  const unfit = value === undefined || secret || printed.length > 60 || /[\p{C}`@]/u.test(printed);
  return unfit ? undefined : `\`${printed}\``;
}

function nodeAt(root: JsonNode, data: unknown, path: Path): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const [index, part] of path.entries()) {
    if (node === undefined) return undefined;
    node = childNode(root, node, valueAt(data, path.slice(0, index)), part);
  }
  return node === undefined ? undefined : (branchFor(root, node, valueAt(data, path)) ?? node);
}
