import type { IdentityHeaders } from '../../domain/assertion.js';
import type { Outcome } from '../../domain/outcome.js';
import { assertedRole } from '../../policy/native-role.js';
import type { PublicService } from './service.js';

/**
 * What tells the upstream who asks, for one request the gate allowed. Nobody is asserted on a route opened to
 * everybody, whoever asks. Rejects as the service's assertion does.
 */
export async function identityFor(service: PublicService, outcome: Outcome): Promise<IdentityHeaders> {
  const { identity, role, decision } = outcome;
  if (decision.reason !== 'permission-held' || identity.kind !== 'authenticated' || role === undefined)
    return [];
  if (decision.kind !== 'allow') throw new TypeError('a request that was not allowed');
  return service.assertion.assert({
    principal: identity.principal,
    role: assertedRole(role, decision.rule, {
      mapping: service.roleMapping,
      perRequest: service.rolePerRequest,
    }),
  });
}
