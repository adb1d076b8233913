import type { GatedService } from '../../gate/service.js';
import type { TargetLimits } from './rehearse.js';
import type { ConfiguredService } from './services.js';

/** gunicorn takes a request line of 4094 bytes with method and version. */
const GUNICORN_TARGET_BYTES = 4000;

/** How long a canonical target may be, in bytes: the limit of the configuration, or gunicorn's before Airflow 1.10 and 2.x. */
export function targetBytesOf(
  { service, version }: Pick<GatedService, 'service'> & { readonly version: { readonly major: number } },
  limits: { readonly targetBytes: number },
): number {
  const gunicorn = service === 'airflow' && version.major < 3;
  return gunicorn ? Math.min(GUNICORN_TARGET_BYTES, limits.targetBytes) : limits.targetBytes;
}

/** What a rehearsal has to know of the public door's limits. */
export function targetLimitsOf(limits: { readonly targetBytes: number }): TargetLimits<ConfiguredService> {
  return { targetBytes: limits.targetBytes, targetBytesOf: (service) => targetBytesOf(service, limits) };
}
