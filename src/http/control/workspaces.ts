import type { DenyReason } from '../../domain/denial.js';
import { type Answer, jsonAnswer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import type { HomeService } from '../home/model.js';
import type { ControlCall, ControlOptions } from './call.js';
import { IDENTITY_DENIALS } from './identity-denial.js';

/** `GET /.auth/workspaces`: what the front page lists, for programs. */
export function createWorkspaces({ identify, workspacesOf, supportContact }: ControlOptions) {
  return async function showWorkspaces({ request, context }: ControlCall): Promise<Answer> {
    const { requestId, origin } = context;
    const identity = await identify(request);
    const deny = (reason: DenyReason): Answer =>
      renderDenial({ reason, surface: 'json', requestId, supportContact });
    if (identity.kind !== 'authenticated') return deny(IDENTITY_DENIALS[identity.kind]);
    const workspaces = await workspacesOf(identity);
    if (workspaces === undefined) return deny('role-unavailable');
    const describe = ({ kind, version, url, open, state }: HomeService) => ({
      kind,
      version,
      url: new URL(url, origin).href,
      open,
      state: state.kind,
    });
    return jsonAnswer(200, requestId, {
      workspaces: workspaces.map(({ id, label, deployments }) => ({
        id,
        label,
        deployments: deployments.map(({ id, role, services }) => ({
          id,
          role,
          services: services.map(describe),
        })),
      })),
    });
  };
}
