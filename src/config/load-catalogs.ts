import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, FaultsError } from '../domain/errors.js';
import { compareVersions, formatVersion, parseVersion, type Version } from '../domain/version.js';
import type { Catalog, CatalogRule } from '../policy/catalog-rule.js';
import type { Finding } from './finding.js';
import { inputSchemaOf } from './input-schema.js';
import { codeOf, readYaml } from './read-yaml.js';
import { salvage } from './salvage.js';
import { type CatalogFile, catalogFile } from './schema/catalog.js';
import { toCatalogRule } from './to-catalog-rule.js';

/** The catalogs of both products. */
export interface Catalogs {
  readonly airflow: Catalog;
  readonly flower: Catalog;
}

interface Loaded extends CatalogFile {
  readonly file: string;
  readonly lineOf: (rule: number) => number | undefined;
}

const INPUT = inputSchemaOf(catalogFile);

/**
 * Reads every `*.yaml` of a folder and joins them by product. A rule holds for the versions of its own file: from the
 * oldest it lists up to the next line that another file lists, so that a new release is judged by the newest file.
 *
 * @throws {FaultsError} `catalog`, with every fault of every file
 */
export function loadCatalogs(folder: string): Catalogs {
  const faults: Fault[] = [];
  const loaded = yamlFilesOf(folder).flatMap((file) => loadFile(file, faults));
  const catalogs = {
    airflow: joinRules(loaded, 'airflow', faults),
    flower: joinRules(loaded, 'flower', faults),
  };
  for (const catalog of Object.values(catalogs)) {
    if (catalog.versions.length > 0 || faults.length > 0) continue;
    faults.push({
      file: folder,
      line: undefined,
      message: `holds no catalog of ${catalog.product}; restore the folder`,
    });
  }
  if (faults.length > 0) throw new FaultsError('catalog', faults);
  return catalogs;
}

function yamlFilesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    throw new FaultsError('catalog', [
      { file: folder, line: undefined, message: `cannot be read (${codeOf(error)}); restore the folder` },
    ]);
  }
}

function loadFile(file: string, faults: Fault[]): Loaded[] {
  const source = readYaml(file);
  faults.push(...source.faults);
  if (source.value === undefined) return [];
  const { value, findings } = salvage(catalogFile, INPUT, source.value);
  const own =
    value === undefined || findings.length > 0 ? findings : [...findings, ...foreignPermissions(value)];
  faults.push(...own.map(({ path, message }) => ({ file, line: source.locate(path), message })));
  return value === undefined ? [] : [{ ...value, file, lineOf: (rule) => source.locate(['rules', rule]) }];
}

function foreignPermissions({ product, rules }: CatalogFile): Finding[] {
  return rules.flatMap((rule, index): Finding[] => {
    const foreign = rule.permission?.find((permission) => !permission.startsWith(`deployment.${product}.`));
    if (foreign === undefined) return [];
    return [
      {
        path: ['rules', index, 'permission'],
        message: `rule \`${rule.id}\` asks for \`${foreign}\`; a route of ${product} needs a permission \`deployment.${product}.…\``,
      },
    ];
  });
}

function joinRules(loaded: readonly Loaded[], product: Catalog['product'], faults: Fault[]): Catalog {
  const files = loaded.filter((file) => file.product === product);
  const lines = files.flatMap(({ versions }) => linesOf(versions)).sort(compareVersions);
  const rules = files.flatMap((file) => {
    const own = linesOf(file.versions).sort(compareVersions);
    const [oldest, newest] = [own[0], own.at(-1)];
    const next = newest && lines.find((line) => compareVersions(line, newest) > 0);
    return file.rules.map((rule, index): CatalogRule => {
      const written = toCatalogRule(rule, `${file.file}:${file.lineOf(index) ?? 1}`);
      const since = later(written.since, oldest);
      const until = earlier(written.until, next);
      if (since && until && compareVersions(since, until) >= 0) {
        const message = `rule \`${rule.id}\` holds for no version of this file; fix \`since\` or \`until\`, or remove it`;
        faults.push({ file: file.file, line: file.lineOf(index), message });
      }
      return { ...written, since, until };
    });
  });
  return { product, versions: [...new Set(lines.map(formatVersion))], rules };
}

function linesOf(versions: readonly string[]): Version[] {
  return versions.flatMap((text) => parseVersion(text) ?? []);
}

function later(a: Version | undefined, b: Version | undefined): Version | undefined {
  return a === undefined || (b !== undefined && compareVersions(b, a) > 0) ? b : a;
}

function earlier(a: Version | undefined, b: Version | undefined): Version | undefined {
  return a === undefined || (b !== undefined && compareVersions(b, a) < 0) ? b : a;
}
