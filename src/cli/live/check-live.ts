import { composeAssertions } from '../compose/assertions.js';
import type { Loaded } from '../compose/load.js';
import { composeServices } from '../compose/services.js';
import { checkService, type LiveFinding } from './check-service.js';

/** `check --live`: every upstream, one after the other. Makes the signing keys where there are none yet. */
export async function checkLive({ config, catalogs }: Loaded): Promise<readonly LiveFinding[]> {
  const services = composeServices(config, catalogs);
  const assertions = await composeAssertions(config, services);
  const findings: LiveFinding[] = [];
  for (const service of services) findings.push(...(await checkService(service, assertions.of(service))));
  return findings;
}
