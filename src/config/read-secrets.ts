import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Finding, formatPath, isContainer, isMapping, type Path } from './finding.js';
import { branchFor, childNode, type JsonNode } from './json-node.js';
import { codeOf } from './read-yaml.js';

export interface SecretsRead {
  readonly value: unknown;
  /** Absolute paths of the files that were read. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** Secrets whose file is at fault: told once, not reported missing as well. */
  readonly unread: readonly Path[];
}

/**
 * Puts the content of every `<key>File` of a secret in place of `<key>`, less one final newline.
 * Relative paths are relative to `folder`. What could not be read is a finding at its own key.
 */
export function readSecrets(document: unknown, schema: JsonNode, folder: string): SecretsRead {
  const files: string[] = [];
  const findings: Finding[] = [];
  const unread: Path[] = [];

  function walk(value: unknown, node: JsonNode | undefined, path: Path): unknown {
    if (!isContainer(value) || node === undefined) return value;
    if (Array.isArray(value))
      return value.map((item, index) => walk(item, childNode(schema, node, value, index), [...path, index]));
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      walk(item, childNode(schema, node, value, key), [...path, key]),
    ]);
    return readBelow(Object.fromEntries(entries), node, path);
  }

  function readBelow(value: Record<string, unknown>, node: JsonNode, path: Path): Record<string, unknown> {
    const properties = branchFor(schema, node, value)?.properties ?? {};
    for (const [key, child] of Object.entries(properties)) {
      const fileKey = `${key}File`;
      if (child['x-secret'] !== true || !Object.hasOwn(value, fileKey)) continue;
      const written = value[fileKey];
      const content = read(written, [...path, fileKey], Object.hasOwn(value, key));
      delete value[fileKey];
      if (content === undefined) unread.push([...path, key]);
      else value[key] = content;
    }
    return value;
  }

  function read(written: unknown, path: Path, twice: boolean): string | undefined {
    const name = formatPath(path);
    const fail = (message: string): undefined => {
      findings.push({ path, message: `\`${name}\` ${message}` });
      return undefined;
    };
    if (twice)
      return fail(`stands beside \`${String(path.at(-1)).slice(0, -'File'.length)}\`; keep one of them`);
    if (typeof written !== 'string' || written === '') return fail('must be the path of a file');
    const file = resolve(folder, written);
    try {
      const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      files.push(file);
      return content === '' ? fail(`names \`${written}\`, which is empty; put the secret into it`) : content;
    } catch (error) {
      return fail(`names \`${written}\`, which cannot be read (${codeOf(error)}); create it or fix the path`);
    }
  }

  const value = walk(document, schema, []);
  return { value: isMapping(value) || Array.isArray(value) ? value : document, files, findings, unread };
}
