import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from '../../config/environment.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { type Catalogs, loadCatalogs } from '../../config/load-catalogs.js';

export interface Loaded extends LoadedConfig {
  readonly catalogs: Catalogs;
}

/** Configuration and catalogs, checked together. Throws FaultsError with all faults. */
export async function load(file: string): Promise<Loaded> {
  const catalogs = loadCatalogs(shippedFolder('config/catalog'));
  const knownVersions = { airflow: [...catalogs.airflow.versions], flower: [...catalogs.flower.versions] };
  return { ...loadConfig({ file, env: readEnvironment(), knownVersions }), catalogs };
}

/** A folder that ships with the package, from a checkout's `dist/` and from an installation alike. */
export function shippedFolder(name: string): string {
  const folder = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  if (!existsSync(folder))
    throw new Error(`\`${name}\` is missing beside \`dist\`; install the package again`);
  return folder;
}
