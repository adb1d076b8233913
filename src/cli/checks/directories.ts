import type { Config } from '../../config/config.js';
import type { Finding } from '../../config/finding.js';
import { loadDirectory } from '../../config/load-directory.js';
import { type Fault, FaultsError } from '../../domain/errors.js';

/**
 * The faults of every directory file, and the Workspaces that no source knows. The files are read before the
 * configuration is judged as a whole, so that one print names all.
 */
export function checkDirectories(
  config: Config,
  tell: (faults: readonly Fault[]) => void,
): readonly Finding[] {
  const workspaces = new Set<string>();
  let complete = true;
  for (const source of config.roles.sources) {
    if (source.kind !== 'file') {
      // Other sources do not say which Workspaces there are.
      complete = false;
      continue;
    }
    try {
      for (const { id } of loadDirectory(source.path).directory.workspaces) workspaces.add(id);
    } catch (error) {
      if (!(error instanceof FaultsError)) throw error;
      complete = false;
      tell(error.faults);
    }
  }
  return complete ? unknownWorkspaces(config, workspaces) : [];
}

function unknownWorkspaces(config: Config, known: ReadonlySet<string>): readonly Finding[] {
  return config.deployments.flatMap(({ id, workspace }, index) => {
    if (known.has(workspace)) return [];
    const message = `deployment \`${id}\` names workspace \`${workspace}\`, which no directory source knows; add it under workspaces: or fix the id`;
    return [{ path: ['deployments', index, 'workspace'], message }];
  });
}
