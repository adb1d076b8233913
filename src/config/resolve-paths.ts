import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { type Finding, formatPath, isContainer, type Path } from './finding.js';
import { branchFor, childNode, dereference, type JsonNode } from './json-node.js';
import { codeOf } from './read-yaml.js';

export interface PathsResolved<T> {
  readonly value: T;
  /** Absolute paths of files that the value depends on. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Makes every path of a parsed document absolute, relative ones against `folder`, and looks whether files that
 * are read can be read. URLs and `-` stay as they are.
 */
export function resolvePaths<T>(document: T, schema: JsonNode, folder: string): PathsResolved<T> {
  const files: string[] = [];
  const findings: Finding[] = [];

  function walk(value: unknown, node: JsonNode | undefined, path: Path): unknown {
    if (node === undefined) return value;
    const below = branchFor(schema, node, value) ?? dereference(schema, node);
    if (typeof value === 'string')
      return below['x-path'] === undefined ? value : absolute(value, below['x-path'], path);
    if (!isContainer(value)) return value;
    if (Array.isArray(value))
      return value.map((item, index) => walk(item, childNode(schema, node, value, index), [...path, index]));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        walk(item, childNode(schema, node, value, key), [...path, key]),
      ]),
    );
  }

  function absolute(written: string, kind: 'input' | 'output', path: Path): string {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(written) || (kind === 'output' && written === '-')) return written;
    const file = resolve(folder, written);
    if (kind === 'output') return file;
    files.push(file);
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      findings.push({
        path,
        message: `\`${formatPath(path)}\` names \`${written}\`, which cannot be read (${codeOf(error)}); create it or fix the path`,
      });
    }
    return file;
  }

  return { value: walk(document, schema, []) as T, files, findings };
}
