import { isMapping } from './finding.js';

/** The part of JSON Schema 2020-12 that our own schema uses. `x-` keywords are annotations of this project. */
export interface JsonNode {
  $schema?: string;
  $ref?: string;
  $defs?: Record<string, JsonNode>;
  title?: string;
  description?: string;
  type?: string;
  properties?: Record<string, JsonNode>;
  required?: string[];
  additionalProperties?: boolean | JsonNode;
  propertyNames?: JsonNode;
  items?: JsonNode;
  anyOf?: JsonNode[];
  oneOf?: JsonNode[];
  allOf?: JsonNode[];
  not?: JsonNode;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  uniqueItems?: boolean;
  /** May also be given as `<key>File`; its value is never printed. */
  'x-secret'?: true;
  /** A path relative to the configuration file. `input` must exist, `output` is made. */
  'x-path'?: 'input' | 'output';
}

/** Follows a `$ref` into `$defs`. */
export function dereference(root: JsonNode, node: JsonNode): JsonNode {
  const name = node.$ref?.replace('#/$defs/', '');
  const target = name === undefined ? undefined : root.$defs?.[name];
  if (target === undefined) return node;
  const { $ref: _ref, ...own } = node;
  return { ...target, ...own };
}

/** The alternatives a node allows; the node itself where there is no choice. */
export function branchesOf(root: JsonNode, node: JsonNode): readonly JsonNode[] {
  const resolved = dereference(root, node);
  const branches = resolved.anyOf ?? resolved.oneOf;
  return branches === undefined ? [resolved] : branches.flatMap((branch) => branchesOf(root, branch));
}

/** The alternative a value belongs to, by its type and its discriminating constants. */
export function branchFor(root: JsonNode, node: JsonNode, value: unknown): JsonNode | undefined {
  return branchesOf(root, node).find((branch) => fits(root, branch, value));
}

/** The schema below a key or an index, given the value that stands there now. */
export function childNode(
  root: JsonNode,
  node: JsonNode,
  value: unknown,
  key: string | number,
): JsonNode | undefined {
  const branch = branchFor(root, node, value) ?? dereference(root, node);
  if (typeof key === 'number') return branch.items;
  const named = branch.properties?.[key];
  if (named !== undefined) return named;
  return typeof branch.additionalProperties === 'object' ? branch.additionalProperties : undefined;
}

/** The keys a mapping may hold; empty where any may stand. */
export function knownKeys(root: JsonNode, node: JsonNode, value: unknown): readonly string[] {
  const branch = branchFor(root, node, value) ?? dereference(root, node);
  if (branch.properties !== undefined) return Object.keys(branch.properties);
  const names = branch.propertyNames && dereference(root, branch.propertyNames).enum;
  return names?.filter((name) => typeof name === 'string') ?? [];
}

/** The JSON types a node accepts. */
export function acceptedTypes(root: JsonNode, node: JsonNode): ReadonlySet<string> {
  return new Set(
    branchesOf(root, node).flatMap((branch) => branch.type ?? (branch.enum ?? [branch.const]).map(typeOf)),
  );
}

/** The JSON Schema type of a plain value; whole numbers are `integer`. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function fits(root: JsonNode, branch: JsonNode, value: unknown): boolean {
  const type = typeOf(value);
  if (branch.type !== undefined && branch.type !== type && !(branch.type === 'number' && type === 'integer'))
    return false;
  if (branch.const !== undefined && branch.const !== value) return false;
  if (branch.enum !== undefined && !branch.enum.includes(value)) return false;
  if (!isMapping(value)) return true;
  return Object.entries(branch.properties ?? {}).every(([key, child]) => {
    const constant = dereference(root, child).const;
    return constant === undefined || value[key] === constant;
  });
}
