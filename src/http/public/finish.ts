import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Judged, Reading } from '../../gate/gate.js';
import type { Carriage, Carriers } from './carry.js';
import type { Client } from './client.js';
import type { Ending } from './ending.js';
import type { Exchange } from './exchange.js';
import { redirect } from './reply.js';
import type { PublicService } from './service.js';
import { ownPageFor } from './sign-in.js';

/** A request whose judgement is known. */
export interface JudgedRequest {
  readonly reading: Reading<PublicService>;
  readonly judged: Judged<PublicService>;
  readonly client: Client;
  /** The public authority the caller is on. */
  readonly host: string;
}

/**
 * Does what was decided: our page in place of the upstream's own sign-in, or the way upstream. What ends `denied` with
 * nothing written is the caller's to answer.
 */
export async function finish(
  { req, res, requestId, arrival, surface }: Exchange,
  { reading, judged, client, host }: JudgedRequest,
  carriers: Carriers,
): Promise<Ending> {
  const { outcome, service, held } = judged;
  const { decision } = outcome;
  const ownPage = service && ownPageFor(outcome, surface, service, reading);
  if (ownPage !== undefined) return redirect(req, res, requestId, ownPage);
  if (decision.kind === 'deny') return denied(decision.reason, decision.detail);
  if (service === undefined) throw new TypeError('an allow without a service');
  if ((outcome.target?.length ?? 0) > service.targetBytes) {
    return denied('target-too-long', `more than ${service.targetBytes} bytes`);
  }
  if (arrival.expectation === 'continue') res.writeContinue();
  const carriage: Carriage = { service, outcome, held, client, host };
  const { detached } = arrival;
  if (detached !== undefined && decision.rule.stream === 'socket' && service.upgrade !== undefined) {
    return carriers.tunnel(req, detached, carriage);
  }
  detached?.ignoreRest();
  return carriers.carry(req, res, carriage);
}

function denied(reason: DenyReason, detail: string | undefined): Ending {
  return { kind: 'denied', reason, statusCode: DENIAL_STATUS[reason], detail };
}
