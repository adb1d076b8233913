import type * as z from 'zod';
import { describeIssue } from './describe-issue.js';
import { type Finding, isContainer, type Path, related, valueAt } from './finding.js';
import type { JsonNode } from './json-node.js';

/** What a schema made of a document, and what of the document is wrong. */
export interface Salvaged<T> {
  /** What is left once everything wrong is taken out; undefined where nothing is. */
  readonly value: T | undefined;
  readonly findings: readonly Finding[];
  /** A path of `value` as a path of the document: indexes move when list entries were taken out. */
  readonly originalPath: (path: Path) => Path;
  /** Whether something was taken out at, above or below a path of the document, so that its absence means nothing. */
  readonly touched: (path: Path) => boolean;
}

const HOLE = Symbol('taken out');

/**
 * Parses as much of a document as can be parsed, so that the checks that need the whole still run and all
 * faults are told at once. With any finding, `value` is good for more checks, never for running.
 */
export function salvage<T>(
  schema: z.ZodType<T>,
  input: JsonNode,
  document: unknown,
  /** Places whose fault was told before. */
  told: readonly Path[] = [],
): Salvaged<T> {
  const working: unknown = structuredClone(document);
  const origins = new WeakMap<object, number[]>();
  numberLists(working, origins);
  const originalPath = (path: Path) => translate(working, path, origins);
  const removed: Path[] = [...told];
  const touched = (path: Path) => removed.some((other) => related(other, path));
  const findings: Finding[] = [];
  for (;;) {
    const result = schema.safeParse(working);
    if (result.success) return { value: result.data, findings, originalPath, touched };
    const described = result.error.issues.flatMap((issue) => describeIssue(issue, input, working));
    const original = described.map((finding) => ({ ...finding, path: originalPath(finding.path) }));
    // Later rounds may only complain of what an earlier round left behind.
    findings.push(...original.filter((finding) => !touched(finding.path)));
    const targets = described.map((finding) => targetOf(working, finding.path));
    if (targets.length === 0 || targets.some((target) => target.length === 0)) {
      return { value: undefined, findings, originalPath, touched: () => true };
    }
    removed.push(...targets.map(originalPath));
    for (const target of targets) takeOut(working, target);
    closeHoles(working, origins);
  }
}

/** The thing itself where it is there; what it is missing from where it is not. */
function targetOf(working: unknown, path: Path): Path {
  let target = path;
  while (target.length > 0 && valueAt(working, target) === undefined) target = target.slice(0, -1);
  return target;
}

function takeOut(working: unknown, path: Path): void {
  const parent = valueAt(working, path.slice(0, -1));
  const last = path.at(-1);
  if (!isContainer(parent) || last === undefined) return;
  if (Array.isArray(parent)) parent[Number(last)] = HOLE;
  else delete parent[last];
}

function closeHoles(value: unknown, origins: WeakMap<object, number[]>): void {
  if (!isContainer(value)) return;
  if (Array.isArray(value)) {
    const kept = value.flatMap((item, index) => (item === HOLE ? [] : [index]));
    const numbers = origins.get(value) ?? [];
    origins.set(
      value,
      kept.map((index) => numbers[index] ?? index),
    );
    value.splice(0, value.length, ...value.filter((item) => item !== HOLE));
  }
  for (const item of Object.values(value)) closeHoles(item, origins);
}

function numberLists(value: unknown, origins: WeakMap<object, number[]>): void {
  if (!isContainer(value)) return;
  if (Array.isArray(value)) origins.set(value, [...value.keys()]);
  for (const item of Object.values(value)) numberLists(item, origins);
}

function translate(working: unknown, path: Path, origins: WeakMap<object, number[]>): Path {
  let value = working;
  return path.map((part) => {
    const number = isContainer(value) && typeof part === 'number' ? origins.get(value)?.[part] : undefined;
    value = isContainer(value) ? value[part] : undefined;
    return number ?? part;
  });
}
