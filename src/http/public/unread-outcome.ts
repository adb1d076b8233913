import { NO_BINDINGS } from '../../domain/binding.js';
import type { DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';

export interface UnreadRequest {
  readonly requestId: string;
  readonly method: string;
  readonly rawTarget: string;
  readonly sourceIp?: string | undefined;
  readonly reason?: DenyReason | undefined;
}

/** A request of which nothing is known yet: denied, until somebody finds otherwise. */
export function unreadOutcome({
  requestId,
  method,
  rawTarget,
  sourceIp,
  reason = 'internal-error',
}: UnreadRequest): Outcome {
  return {
    requestId,
    method,
    target: undefined,
    rawTarget,
    place: undefined,
    identity: { kind: 'anonymous' },
    bindings: NO_BINDINGS,
    role: undefined,
    match: { kind: 'unplaced' },
    decision: { kind: 'deny', reason, rule: undefined, permission: undefined, detail: undefined },
    sourceIp,
  };
}
