import type { Assertion } from '../../domain/assertion.js';
import type { Forward } from '../../forward/forward.js';
import type { CompiledPlace } from '../../forward/place.js';
import type { Classify } from '../../forward/refusal.js';
import type { Upgrade } from '../../forward/upgrade.js';
import type { GatedService } from '../../gate/service.js';
import type { RoleMapping } from '../../policy/native-role.js';

/** One service as the public door serves it: judged by the gate, then carried upstream. */
export interface PublicService extends GatedService {
  readonly assertion: Assertion;
  readonly forward: Forward;
  /** Present where a rule of its version is a socket. */
  readonly upgrade: Upgrade | undefined;
  /** Which cookies and identity headers are ours to set there. */
  readonly compiledPlace: CompiledPlace;
  /** Tells refusals of our own assertion from the upstream's ordinary answers. */
  readonly classify: Classify;
  /** Cookies of the upstream that are bound to one person and role. */
  readonly sessionCookies: readonly string[];
  readonly roleMapping: RoleMapping;
  /** Airflow 3 takes the role from each assertion; older ones keep it in a database row. */
  readonly rolePerRequest: boolean;
  /** gunicorn refuses a request line above 4094 bytes, so 1.10-2.x get no longer target than 4000. */
  readonly targetBytes: number;
}
