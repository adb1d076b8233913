import type { Finding } from '../../config/finding.js';
import { loadDirectory } from '../../config/load-directory.js';
import { type Fault, FaultsError, formatFault } from '../../domain/errors.js';
import { checkNativeCeiling } from '../checks/native-ceiling.js';
import { type Loaded, load } from '../compose/load.js';
import { composeServices } from '../compose/services.js';

export interface CheckReport {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Everything that can be found out without starting: configuration, catalogs, native ceiling, directories. */
export async function check(file: string): Promise<CheckReport> {
  let loaded: Loaded;
  try {
    loaded = await load(file);
  } catch (error) {
    return { faults: faultsOf(error, file), warnings: [] };
  }
  const faults = [...serviceFaults(loaded, file), ...directoryFaults(loaded)];
  return { faults, warnings: loaded.warnings };
}

export function formatReport({ faults, warnings }: CheckReport): string {
  return [
    ...faults.map(formatFault),
    ...warnings.map((warning) => `${formatFault(warning)} (warning)`),
    faults.length === 0
      ? 'configuration is valid'
      : `${faults.length} fault${faults.length === 1 ? '' : 's'}`,
  ].join('\n');
}

export function faultsOf(error: unknown, file: string): readonly Fault[] {
  if (error instanceof FaultsError) return error.faults;
  return [{ file, line: undefined, message: error instanceof Error ? error.message : String(error) }];
}

function serviceFaults({ config, catalogs, faultOf }: Loaded, file: string): readonly Fault[] {
  try {
    const services = composeServices(config, catalogs);
    return services.flatMap((service) => checkNativeCeiling(service, config.permissions)).map(faultOf);
  } catch (error) {
    return faultsOf(error, file);
  }
}

function directoryFaults({ config, faultOf }: Loaded): readonly Fault[] {
  const faults: Fault[] = [];
  const workspaces = new Set<string>();
  for (const source of config.roles.sources) {
    if (source.kind !== 'file') continue;
    try {
      for (const { id } of loadDirectory(source.path).directory.workspaces) workspaces.add(id);
    } catch (error) {
      faults.push(...faultsOf(error, source.path));
    }
  }
  // Other sources do not say which Workspaces there are.
  const complete = faults.length === 0 && config.roles.sources.every(({ kind }) => kind === 'file');
  return complete ? unknownWorkspaces(config.deployments, workspaces).map(faultOf) : faults;
}

function unknownWorkspaces(
  deployments: Loaded['config']['deployments'],
  known: ReadonlySet<string>,
): readonly Finding[] {
  return deployments.flatMap(({ id, workspace }, index) => {
    if (known.has(workspace)) return [];
    const message = `deployment \`${id}\` names workspace \`${workspace}\`, which no directory source knows; add it under workspaces: or fix the id`;
    return [{ path: ['deployments', index, 'workspace'], message }];
  });
}
