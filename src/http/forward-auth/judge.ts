import { randomUUID } from 'node:crypto';
import type { IdentityHeaders } from '../../domain/assertion.js';
import type { DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import type { Principal } from '../../domain/principal.js';
import type { Gate } from '../../gate/gate.js';
import { headerOf, type RawHeaders } from '../../gate/headers.js';
import type { Answer } from '../answers/answer.js';
import type { Surface } from '../answers/negotiate.js';
import { addressOf, createAddressList, plainAddress } from '../public/client.js';
import type { Ending } from '../public/ending.js';
import type { Fields } from '../public/fields.js';
import { judgeMethod } from '../public/method.js';
import type { DenialSetting } from '../public/reply.js';
import type { PublicService } from '../public/service.js';
import { surfaceOf } from '../public/surface.js';
import { unreadOutcome } from '../public/unread-outcome.js';
import type { Admit } from './admit.js';
import { renderForwardAuthDenial, statusOfDenial } from './deny.js';
import { handoverOf } from './handover.js';
import type { OriginalResult } from './original.js';
import { signInUrlOf } from './sign-in-url.js';

/** What an ingress controller asks, in whichever dialect. Nothing of it is believed before the caller is admitted. */
export interface Ask {
  /** Address of the connection. */
  readonly peer: string | undefined;
  /** Values of the shared-secret header, as sent to us. */
  readonly secrets: readonly string[];
  readonly original: OriginalResult;
  /** The client's request headers, as the controller passed them on. */
  readonly fields: Fields;
}

export type Verdict =
  /** Forward, with these headers set (or removed, where empty). */
  | {
      readonly kind: 'allow';
      readonly requestId: string;
      readonly set: IdentityHeaders;
      /** Who was asserted; undefined on a route opened to everybody. */
      readonly principal: Principal | undefined;
    }
  | { readonly kind: 'deny'; readonly answer: Answer };

export interface JudgeOptions {
  readonly gate: Gate<PublicService>;
  readonly admit: Admit;
  /** Every authority we answer to. Any other is denied: the controller would forward it under that name. */
  readonly hosts: ReadonlySet<string>;
  /** Our public origins, the canonical one first. */
  readonly publicOrigins: readonly string[];
  /** CIDRs whose `X-Forwarded-For` is believed, beside the admitted caller's. */
  readonly trustedProxies: readonly string[];
  readonly targetBytes: number;
  readonly settingOf: (outcome: Outcome) => DenialSetting;
  /** Called exactly once for every ask. */
  readonly concluded: (outcome: Outcome, ending: Ending, startedAtMs: number) => void;
  /** No assertion could be made: an operator's matter. */
  readonly misconfigured: (service: PublicService, detail: string) => void;
  /** A fault of ours; the ask was denied. */
  readonly failed: (error: unknown, requestId: string) => void;
}

export type Judge = (ask: Ask) => Promise<Verdict>;

/** One ask as far as it is known, while it is judged. */
interface Hearing {
  readonly ask: Ask;
  readonly requestId: string;
  readonly startedAtMs: number;
  outcome: Outcome;
  surface: Surface;
  signInUrl: string | undefined;
}

/**
 * Judges what a controller is about to forward, by the same gate as every other door (law 8). Never throws; all that is
 * not an allow of the gate is a denial.
 */
export function createJudge(options: JudgeOptions): Judge {
  const { gate, hosts } = options;
  const trusted = createAddressList(options.trustedProxies);

  return async function judge(ask) {
    const requestId = randomUUID();
    const peerIp = plainAddress(ask.peer ?? '');
    const hearing: Hearing = {
      ask,
      requestId,
      startedAtMs: performance.now(),
      outcome: unreadOutcome({ requestId, method: '', rawTarget: '', sourceIp: peerIp }),
      surface: 'json',
      signInUrl: undefined,
    };
    try {
      // The same bytes as for somebody without a role: whoever finds this door from outside learns nothing.
      if (!options.admit(peerIp, ask.secrets))
        return deny(hearing, 'no-role', 'the caller is neither in forwardAuth.peers nor has the secret');
      return await hear(hearing, peerIp);
    } catch (error) {
      options.failed(error, requestId);
      return deny(hearing, 'internal-error');
    }
  };

  async function hear(hearing: Hearing, peerIp: string): Promise<Verdict> {
    const { requestId } = hearing;
    const { original: result, fields } = hearing.ask;
    if (fields.kind === 'refused') return deny(hearing, fields.reason, fields.detail);
    if (result.kind === 'refused') return deny(hearing, 'ambiguous-request', result.detail);
    const { original } = result;
    const { method, host, target } = original;
    const { headers } = fields;
    const sourceIp = addressOf(peerIp, headers, (ip) => ip === peerIp || trusted(ip));
    hearing.outcome = unreadOutcome({ requestId, method, rawTarget: target, sourceIp });
    if (!hosts.has(host)) return deny(hearing, 'ambiguous-request', 'the original host is none of ours');
    if (target.length > options.targetBytes)
      return deny(hearing, 'target-too-long', `more than ${options.targetBytes} bytes`);

    const reading = gate.read(host, target);
    hearing.surface = surfaceOf(method, headerOf(headers, 'accept'), reading);
    if (reading.parsed.kind === 'canonical') {
      const verdict = judgeMethod(method);
      // The public door answers OPTIONS itself; here somebody would forward it.
      if (verdict.kind === 'options') return deny(hearing, 'method-not-allowed');
      if (verdict.kind === 'refuse') return deny(hearing, verdict.reason);
    }
    const { outcome, service } = await gate.judge({ requestId, method, headers, sourceIp }, reading);
    hearing.outcome = outcome;
    if (hearing.surface === 'html') {
      hearing.signInUrl = signInUrlOf(outcome, {
        origins: service?.origins ?? options.publicOrigins,
        host,
        servicePath: service?.path ?? '/',
      });
    }
    const { decision } = outcome;
    if (decision.kind === 'deny') return deny(hearing, decision.reason, decision.detail);
    if (service === undefined) throw new TypeError('an allow without a service');
    if ((outcome.target?.length ?? 0) > service.targetBytes)
      return deny(hearing, 'target-too-long', `more than ${service.targetBytes} bytes`);
    return allow(hearing, service, headers);
  }

  async function allow(hearing: Hearing, service: PublicService, headers: RawHeaders): Promise<Verdict> {
    const { outcome, requestId, startedAtMs } = hearing;
    let set: IdentityHeaders;
    try {
      set = await handoverOf(service, outcome, headers);
    } catch (error) {
      const detail = `no assertion could be made: ${error instanceof Error ? error.message : 'unknown fault'}`;
      options.misconfigured(service, detail);
      return deny(hearing, 'assertion-refused', detail);
    }
    options.concluded(outcome, { kind: 'forwarded', statusCode: 200, upstreamMs: undefined }, startedAtMs);
    const asserted =
      outcome.decision.reason === 'permission-held' && outcome.identity.kind === 'authenticated';
    const principal = asserted ? outcome.identity.principal : undefined;
    return { kind: 'allow', requestId, set, principal };
  }

  function deny(hearing: Hearing, reason: DenyReason, detail?: string): Verdict {
    const { outcome, surface, signInUrl, startedAtMs } = hearing;
    const setting = options.settingOf(outcome);
    const answer = renderForwardAuthDenial({ reason, detail, surface, outcome, setting, signInUrl });
    const statusCode = statusOfDenial(reason);
    options.concluded(outcome, { kind: 'denied', reason, statusCode, detail }, startedAtMs);
    return { kind: 'deny', answer };
  }
}
