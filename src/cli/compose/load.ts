import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/config.js';
import { readEnvironment } from '../../config/environment.js';
import type { Finding } from '../../config/finding.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { type Catalogs, loadCatalogs } from '../../config/load-catalogs.js';

export interface Loaded extends LoadedConfig {
  readonly catalogs: Catalogs;
}

/** What only the floors together can tell about a configuration. */
export type CrossCheck = (config: Config, catalogs: Catalogs) => readonly Finding[];

/** Configuration and catalogs, checked together. Throws FaultsError with all faults of all checks. */
export async function load(file: string, checks: readonly CrossCheck[] = []): Promise<Loaded> {
  const catalogs = shippedCatalogs();
  const knownVersions = { airflow: [...catalogs.airflow.versions], flower: [...catalogs.flower.versions] };
  const bound = checks.map((check) => (config: Config) => check(config, catalogs));
  return { ...loadConfig({ file, env: readEnvironment(), knownVersions, checks: bound }), catalogs };
}

/** The catalogs of this release. */
export function shippedCatalogs(): Catalogs {
  return loadCatalogs(shippedFolder('config/catalog'));
}

/** A folder that ships with the package, from a checkout's `dist/` and from an installation alike. */
export function shippedFolder(name: string): string {
  const folder = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  if (!existsSync(folder))
    throw new Error(`\`${name}\` is missing beside \`dist\`; install the package again`);
  return folder;
}
