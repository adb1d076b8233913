import { dirname, resolve } from 'node:path';
import { type Fault, FaultsError } from '../domain/errors.js';
import { checkConfig } from './checks/check-config.js';
import { checkIds } from './checks/check-ids.js';
import { checkIssuers } from './checks/check-issuers.js';
import type { KnownVersions } from './checks/check-versions.js';
import type { Config } from './config.js';
import type { Environment } from './environment.js';
import { type Finding, formatPath, type NameOf, type Path } from './finding.js';
import { finishConfig } from './finish.js';
import { inputSchemaOf } from './input-schema.js';
import { applyOverrides } from './override.js';
import { readSecrets } from './read-secrets.js';
import { readYaml } from './read-yaml.js';
import { resolvePaths } from './resolve-paths.js';
import { salvage } from './salvage.js';
import { configuration } from './schema/configuration.js';

export interface LoadOptions {
  readonly file: string;
  /** Variables that may override keys; see `readEnvironment`. Default: none. */
  readonly env?: Environment;
  /** Minor lines the catalogs know. Default: none, and versions are not compared. */
  readonly knownVersions?: KnownVersions;
  /** Further checks whose findings are told together with all others. */
  readonly checks?: readonly ((config: Config, nameOf: NameOf) => readonly Finding[])[];
}

export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly Fault[];
  /** Absolute paths of all files the configuration depends on, itself first. */
  readonly files: readonly string[];
  /** Line of a key, or of its nearest ancestor that is written; undefined where a variable set it. */
  readonly locate: (path: Path) => number | undefined;
  /** A finding of a later check with its file and line. */
  readonly faultOf: (finding: Finding) => Fault;
}

const INPUT = inputSchemaOf(configuration);
const NO_VERSIONS: KnownVersions = { airflow: [], flower: [] };

/**
 * Reads one configuration: file, then environment, then secret files; relative paths are relative to the file.
 * The file, the environment and the files it names are trusted; nothing that people send comes here.
 *
 * @throws {FaultsError} `config`, with every fault: of the syntax, of single keys, and of keys that do not go together
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const { file, env = {}, knownVersions = NO_VERSIONS, checks = [] } = options;
  const folder = dirname(resolve(file));
  const source = readYaml(file);
  if (source.value === undefined) throw new FaultsError('config', source.faults);

  const overridden = applyOverrides(source.value, env, INPUT);
  const secrets = readSecrets(overridden.value, INPUT, folder);
  const parsed = salvage(configuration, INPUT, secrets.value, secrets.unread);
  const locate = (path: Path) =>
    overridden.variableAt(path) === undefined ? source.locate(path) : undefined;
  const faultOf = (finding: Finding): Fault => toFault(file, finding, overridden.variableAt, locate);

  const findings: Finding[] = [
    ...overridden.findings,
    ...secrets.findings,
    ...parsed.findings,
    ...checkIds(overridden.value),
    ...checkIssuers(overridden.value),
  ];
  const files = [resolve(file), ...secrets.files];
  let config: Config | undefined;
  if (parsed.value !== undefined) {
    const paths = resolvePaths(parsed.value, INPUT, folder);
    const origin = (path: Path) => `${file}:${source.locate(parsed.originalPath(path)) ?? 1}`;
    const publicUrlGiven = parsed.value.server.publicUrl !== undefined;
    const nameOf: NameOf = (path) => formatPath(parsed.originalPath(path));
    const finished = finishConfig(paths.value, origin);
    const further = [
      ...paths.findings,
      ...checkConfig(finished, { knownVersions, publicUrlGiven, nameOf }),
      ...checks.flatMap((check) => check(finished, nameOf)),
    ].map((finding) => ({ ...finding, path: parsed.originalPath(finding.path) }));
    findings.push(...further.filter(({ path }) => !parsed.touched(path)));
    files.push(...paths.files);
    config = finished;
  }

  const isWarning = ({ severity }: Finding) => severity === 'warning';
  const faults = [...source.faults, ...findings.filter((finding) => !isWarning(finding)).map(faultOf)];
  if (faults.length > 0 || config === undefined) throw new FaultsError('config', inOrder(faults));
  const warnings = inOrder(findings.filter(isWarning).map(faultOf));
  return { config, warnings, files, locate, faultOf };
}

function toFault(
  file: string,
  { path, message }: Finding,
  variableAt: (path: Path) => string | undefined,
  locate: (path: Path) => number | undefined,
): Fault {
  const variable = variableAt(path) ?? secretVariable(path, variableAt);
  if (variable === undefined || message.includes(variable)) return { file, line: locate(path), message };
  return { file, line: undefined, message: `environment variable \`${variable}\`: ${message}` };
}

/** A secret may have come by the variable of its `…File`. */
function secretVariable(path: Path, variableAt: (path: Path) => string | undefined): string | undefined {
  const last = path.at(-1);
  return typeof last === 'string' ? variableAt([...path.slice(0, -1), `${last}File`]) : undefined;
}

/** By line, those without one first; each fault once. */
function inOrder(faults: readonly Fault[]): Fault[] {
  const unique = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return [...unique.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
