import type { DenyReason } from '../../domain/denial.js';
import { type Answer, jsonAnswer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import type { ControlCall, ControlOptions } from './call.js';
import { IDENTITY_DENIALS } from './identity-denial.js';

/** `GET /.auth/me`: who the caller is, and every Deployment they hold a role in. */
export function createMe({ identify, deploymentsOf, supportContact }: ControlOptions) {
  return async function showMe({ request, context: { requestId } }: ControlCall): Promise<Answer> {
    const identity = await identify(request);
    const deny = (reason: DenyReason): Answer =>
      renderDenial({ reason, surface: 'json', requestId, supportContact });
    if (identity.kind !== 'authenticated') return deny(IDENTITY_DENIALS[identity.kind]);
    const membership = await deploymentsOf(identity);
    if (membership.kind === 'unavailable') return deny('role-unavailable');
    const { kind, id, email = null, name = null } = identity.principal;
    const deployments = membership.deployments.map(({ id, workspace, role }) => ({ id, workspace, role }));
    return jsonAnswer(200, requestId, { kind, id, email, name, deployments });
  };
}
