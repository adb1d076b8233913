import type { Config } from '../../config/config.js';
import type { Finding } from '../../config/finding.js';
import type { Catalogs } from '../../config/load-catalogs.js';
import { FaultsError } from '../../domain/errors.js';
import { composeServices } from '../compose/services.js';
import { checkNativeCeiling } from './native-ceiling.js';

/** Routes of every service compile, extra ones included, and no role is granted what its stock role may not run. */
export function checkRoutes(config: Config, catalogs: Catalogs): readonly Finding[] {
  try {
    return composeServices(config, catalogs).flatMap((service) =>
      checkNativeCeiling(service, config.permissions),
    );
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return error.faults.map(({ message }) => ({ path: ['deployments'], message }));
  }
}
