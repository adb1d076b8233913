import { type Fault, FaultsError, formatFault } from '../../domain/errors.js';
import { checkDirectories } from '../checks/directories.js';
import { checkRoutes } from '../checks/routes.js';
import { type Loaded, load } from '../compose/load.js';
import type { LiveFinding } from '../live/check-service.js';

export interface CheckReport {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** Present where the configuration is valid. */
  readonly loaded: Loaded | undefined;
}

/** Everything that can be found out without starting: configuration, catalogs, native ceiling, directories. */
export async function check(file: string): Promise<CheckReport> {
  const elsewhere: Fault[] = [];
  const tell = (faults: readonly Fault[]) => void elsewhere.push(...faults);
  try {
    const loaded = await load(file, [checkRoutes, (config) => checkDirectories(config, tell)]);
    return {
      faults: elsewhere,
      warnings: loaded.warnings,
      loaded: elsewhere.length === 0 ? loaded : undefined,
    };
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return { faults: [...error.faults, ...elsewhere], warnings: [], loaded: undefined };
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

/** One line a finding of `check --live`. */
export function formatLive(findings: readonly LiveFinding[]): string {
  return findings.map(({ kind, message }) => `${kind}: ${message}`).join('\n');
}
