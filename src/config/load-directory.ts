import { type ErrorCode, FaultsError } from '../domain/errors.js';
import { checkDirectory } from './checks/check-directory.js';
import type { Directory } from './directory.js';
import { type Finding, formatPath, type Path } from './finding.js';
import { inputSchemaOf } from './input-schema.js';
import { parseYaml, readYaml, type YamlSource } from './read-yaml.js';
import { salvage } from './salvage.js';
import { directory } from './schema/directory.js';

export interface LoadedDirectory {
  readonly directory: Directory;
  /** Line of a key, or of its nearest ancestor that is written. */
  readonly locate: (path: Path) => number | undefined;
}

const INPUT = inputSchemaOf(directory);
const CODE: ErrorCode = 'directory';

/**
 * Reads a `directory.yaml`. The file is trusted: it is where roles come from.
 *
 * @throws {FaultsError} `directory`, with every fault
 */
export function loadDirectory(file: string): LoadedDirectory {
  return judge(readYaml(file));
}

/** The same for text that was read before; `file` is for faults only. */
export function parseDirectory(file: string, text: string): LoadedDirectory {
  return judge(parseYaml(file, text));
}

function judge(source: YamlSource): LoadedDirectory {
  if (source.value === undefined) throw new FaultsError(CODE, source.faults);
  // An empty file is a directory of nobody.
  const parsed = salvage(directory, INPUT, source.value ?? {});
  const nameOf = (path: Path) => formatPath(parsed.originalPath(path));
  const checked = parsed.value === undefined ? [] : checkDirectory(parsed.value, nameOf);
  const further = checked.map((finding) => ({ ...finding, path: parsed.originalPath(finding.path) }));
  const findings: Finding[] = [...parsed.findings, ...further.filter(({ path }) => !parsed.touched(path))];
  const faults = [
    ...source.faults,
    ...findings.map(({ path, message }) => ({ file: source.file, line: source.locate(path), message })),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (faults.length > 0 || parsed.value === undefined) throw new FaultsError(CODE, faults);
  return { directory: parsed.value, locate: source.locate };
}
