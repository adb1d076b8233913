import { readFileSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Fault } from '../domain/errors.js';
import { isContainer, type Path } from './finding.js';

/** A YAML file as plain data that still knows its lines. */
export interface YamlSource {
  readonly file: string;
  /** Undefined when the file could not be read or its syntax is broken: then only `faults` means something. */
  readonly value: unknown;
  /** The line of a key or list entry, from 1; of its nearest existing ancestor where the file does not hold it. */
  readonly locate: (path: Path) => number | undefined;
  readonly faults: readonly Fault[];
}

/** Reads one YAML 1.2 document. Duplicate keys are faults; aliases are followed, merge keys are not. */
export function readYaml(file: string): YamlSource {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return broken(file, [
      {
        file,
        line: undefined,
        message: `cannot be read (${codeOf(error)}); check the path and its permissions`,
      },
    ]);
  }
  return parseYaml(file, text);
}

export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    file,
    line: lineAt(error.pos[0]),
    message: explain(error, text),
  }));
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return broken(file, faults);
  try {
    return { file, value: document.toJS(), locate: (path) => locate(document, path, lineAt), faults };
  } catch {
    // An alias that names too much: yaml refuses to expand it.
    return broken(file, [
      ...faults,
      { file, line: 1, message: 'cannot be expanded: its aliases are too many or unknown; write them out' },
    ]);
  }
}

/** The system's short name of what went wrong (`ENOENT`), never a message that could hold file content. */
export function codeOf(error: unknown): string {
  return isContainer(error) && typeof error.code === 'string' ? error.code : 'unknown error';
}

function broken(file: string, faults: readonly Fault[]): YamlSource {
  return { file, value: undefined, locate: () => undefined, faults };
}

function explain(error: YAMLError, text: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^["']?([^\s:"']+)/.exec(text.slice(error.pos[0]))?.[1] ?? '';
    return `key \`${key}\` is written twice in one mapping; keep one of them`;
  }
  const message = error.message.replace(/\.$/, '');
  return `is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function locate(
  document: Document.Parsed,
  path: Path,
  lineAt: (offset: number) => number,
): number | undefined {
  let node: unknown = document.contents;
  let line = isNode(node) && node.range ? lineAt(node.range[0]) : undefined;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      // Of two equal keys the last one counts. A secret may stand there as `<key>File`.
      const named = (name: unknown) =>
        isMap(node) ? node.items.findLast((item) => keyOf(item.key) === name) : undefined;
      const pair = named(part) ?? named(`${part}File`);
      if (pair === undefined) return line;
      if (isNode(pair.key) && pair.key.range) line = lineAt(pair.key.range[0]);
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      const item: unknown = node.items[part];
      if (item === undefined) return line;
      if (isNode(item) && item.range) line = lineAt(item.range[0]);
      node = item;
    } else return line;
  }
  return line;
}

function keyOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}
