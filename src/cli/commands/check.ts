import { type Fault, FaultsError, formatFault } from '../../domain/errors.js';
import { checkDirectories } from '../checks/directories.js';
import { checkRoutes } from '../checks/routes.js';
import { load } from '../compose/load.js';

export interface CheckReport {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Everything that can be found out without starting: configuration, catalogs, native ceiling, directories. */
export async function check(file: string): Promise<CheckReport> {
  const elsewhere: Fault[] = [];
  const tell = (faults: readonly Fault[]) => void elsewhere.push(...faults);
  try {
    const { warnings } = await load(file, [checkRoutes, (config) => checkDirectories(config, tell)]);
    return { faults: elsewhere, warnings };
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return { faults: [...error.faults, ...elsewhere], warnings: [] };
  }
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
