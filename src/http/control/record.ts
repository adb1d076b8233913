import type { SessionEvent } from '../../audit/session.js';
import type { Principal } from '../../domain/principal.js';
import { authPathOf, type ControlCall, type ControlOptions } from './call.js';

export interface SignInFact {
  readonly page: string;
  readonly outcome: SessionEvent['outcome'];
  readonly reason: SessionEvent['reason'];
  readonly statusCode: number;
  readonly principal?: Principal | undefined;
}

/** Puts a sign-in or sign-out on record. */
export function recordSession(
  { audit }: Pick<ControlOptions, 'audit'>,
  { context, request }: ControlCall,
  kind: SessionEvent['kind'],
  { page, outcome, reason, statusCode, principal }: SignInFact,
): void {
  audit({
    kind,
    outcome,
    reason,
    principal,
    requestId: context.requestId,
    method: request.method ?? '',
    path: `${authPathOf(context)}/${page}`,
    statusCode,
    sourceIp: context.sourceIp,
  });
}
