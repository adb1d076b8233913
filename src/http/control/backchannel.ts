import { type Answer, jsonAnswer } from '../answers/answer.js';
import type { ControlCall, ControlOptions } from './call.js';
import { recordSession } from './record.js';

/**
 * `POST /.auth/backchannel-logout`: a provider says that sessions are over (OpenID Connect Back-Channel Logout 1.0,
 * 2.5 and 2.8). It carries no credential but the signed token, and needs none.
 */
export function createBackchannelLogout(options: ControlOptions) {
  const { oidc } = options;
  return async function endSessions(call: ControlCall): Promise<Answer> {
    const { requestId } = call.context;
    if (oidc === undefined) return jsonAnswer(404, requestId, { detail: 'not found' });
    const answer = await oidc.endFromProvider(call.form.logout_token ?? '');
    switch (answer.kind) {
      case 'ended':
        recordSession(options, call, 'sign-out', {
          page: 'backchannel-logout',
          outcome: 'success',
          reason: 'ended-by-provider',
          statusCode: 200,
        });
        return jsonAnswer(200, requestId, {});
      case 'refused':
        return jsonAnswer(400, requestId, { error: 'invalid_request', error_description: answer.detail });
      case 'unavailable':
        return jsonAnswer(503, requestId, { error: 'temporarily_unavailable' }, { 'retry-after': '5' });
      default:
        return answer satisfies never;
    }
  };
}
