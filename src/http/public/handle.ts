import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NO_BINDINGS } from '../../domain/binding.js';
import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import type { PermissionSet } from '../../domain/permission.js';
import type { Gate, Judged, Reading } from '../../gate/gate.js';
import type { RawHeaders } from '../../gate/headers.js';
import type { Client } from './client.js';
import { type IntakeLimits, takeIn } from './intake.js';
import { judgeMethod } from './method.js';
import type { PublicService } from './service.js';
import { loginLocation, SIGN_IN_RULE, SIGN_OUT_RULE, signInAnswer, signOutAnswer } from './sign-in.js';
import { type Surface, surfaceOf } from './surface.js';

/** How a request ended, for the record and the metrics. */
export type Ending =
  | { readonly kind: 'forwarded'; readonly statusCode: number; readonly upstreamMs: number }
  | {
      readonly kind: 'denied';
      readonly reason: DenyReason;
      readonly statusCode: number;
      readonly detail?: string | undefined;
    }
  | { readonly kind: 'answered'; readonly statusCode: number };

/** What a denial page or body is made of. */
export interface DenialInput {
  readonly reason: DenyReason;
  readonly detail: string | undefined;
  readonly surface: Surface;
  readonly outcome: Outcome;
  readonly head: boolean;
}

/** One allowed request on its way upstream. The type admits nothing the gate did not allow. */
export interface Carriage {
  readonly service: PublicService;
  readonly outcome: Outcome;
  readonly held: PermissionSet;
  readonly client: Client;
  /** The public authority the caller is on. */
  readonly host: string;
}

export interface HandlerOptions {
  readonly gate: Gate<PublicService>;
  readonly limits: IntakeLimits;
  readonly readClient: (peer: string | undefined, headers: RawHeaders) => Client;
  /** The first is canonical: an unknown Host counts as its authority. */
  readonly publicOrigins: readonly string[];
  readonly control: (req: IncomingMessage, res: ServerResponse, context: ControlContext) => void;
  readonly home: (req: IncomingMessage, res: ServerResponse, context: ControlContext) => void;
  readonly carry: (req: IncomingMessage, res: ServerResponse, carriage: Carriage) => Promise<Ending>;
  readonly deny: (res: ServerResponse, input: DenialInput) => void;
  /** Called exactly once for every request that did not go to our own pages. */
  readonly concluded: (outcome: Outcome, ending: Ending, startedAt: number) => void;
  readonly failed: (error: unknown, requestId: string) => void;
}

/** What our own pages know of a request. */
export interface ControlContext {
  readonly requestId: string;
  readonly headers: RawHeaders;
  readonly client: Client;
  readonly rest: readonly string[];
  readonly service: PublicService | undefined;
}

/** One request from the first byte to its record. Whatever is thrown on the way ends as a denial. */
export function createHandler(options: HandlerOptions) {
  const canonicalHost = authorityOf(options.publicOrigins[0]);

  return async function handleRequest(
    req: IncomingMessage,
    res: ServerResponse,
    expectation: Expectation,
  ): Promise<void> {
    const startedAt = performance.now();
    const requestId = randomUUID();
    let outcome = unreadOutcome(req, requestId);
    let ending: Ending = {
      kind: 'denied',
      reason: 'internal-error',
      statusCode: DENIAL_STATUS['internal-error'],
    };
    let own = false;
    try {
      const result = await answer(req, res, requestId, expectation, (known) => {
        outcome = known;
      });
      if (result === 'own') own = true;
      else ending = result;
    } catch (error) {
      options.failed(error, requestId);
      if (res.headersSent) res.destroy();
      else
        options.deny(res, {
          reason: 'internal-error',
          detail: undefined,
          surface: 'json',
          outcome,
          head: req.method === 'HEAD',
        });
    } finally {
      if (!own) options.concluded(outcome, ending, startedAt);
    }
  };

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    requestId: string,
    expectation: Expectation,
    learn: (outcome: Outcome) => void,
  ): Promise<Ending | 'own'> {
    const intake = takeIn(req, options.limits);
    const headers = intake.kind === 'accepted' ? intake.headers : [];
    const client = options.readClient(req.socket.remoteAddress, headers);
    const host = client.host ?? canonicalHost;
    const reading = options.gate.read(host, req.url ?? '');
    const base = { ...unreadOutcome(req, requestId), ...placeOf(reading), sourceIp: client.ip };
    learn(base);
    if (intake.kind === 'refused') {
      closeAfter(res);
      return refuse(req, res, reading, base, intake.reason, intake.detail);
    }
    if (expectation === 'unmet') return refuse(req, res, reading, base, 'expectation-failed');

    if (reading.parsed.kind === 'canonical') {
      const verdict = judgeMethod(req.method ?? '');
      if (verdict.kind === 'refuse') return refuse(req, res, reading, base, verdict.reason);
      if (verdict.kind === 'options') return answerOptions(res, requestId);
      const { placement } = reading;
      if (placement.kind === 'control' || placement.kind === 'home') {
        const context: ControlContext = {
          requestId,
          headers,
          client,
          rest: placement.kind === 'control' ? placement.rest : [],
          service: placement.kind === 'control' ? placement.service : undefined,
        };
        (placement.kind === 'home' ? options.home : options.control)(req, res, context);
        return 'own';
      }
    }

    const judged = await options.gate.judge(
      { requestId, method: req.method ?? '', headers, sourceIp: client.ip },
      reading,
    );
    learn(judged.outcome);
    return conclude(req, res, reading, judged, client, host, expectation);
  }

  async function conclude(
    req: IncomingMessage,
    res: ServerResponse,
    reading: Reading<PublicService>,
    judged: Judged<PublicService>,
    client: Client,
    host: string,
    expectation: Expectation,
  ): Promise<Ending> {
    const { outcome, service } = judged;
    const { match, decision, identity } = outcome;
    const surface = surfaceFor(req, reading);

    if (service !== undefined && match.kind === 'matched' && identity.kind !== 'unverifiable') {
      const own =
        match.rule.id === SIGN_IN_RULE && surface === 'html'
          ? signInAnswer(outcome, service, reading)
          : match.rule.id === SIGN_OUT_RULE
            ? signOutAnswer()
            : undefined;
      if (own !== undefined) return redirect(res, outcome, own.status, own.location);
    }
    if (decision.kind === 'deny') {
      const unknown = decision.reason === 'no-credential' || decision.reason === 'bad-credential';
      if (unknown && surface === 'html') {
        const location = loginLocation(outcome.target);
        redirect(res, outcome, 302, location, decision.reason);
        return { kind: 'denied', reason: decision.reason, statusCode: 302 };
      }
      return refuse(req, res, reading, outcome, decision.reason, decision.detail);
    }
    if (service === undefined) throw new TypeError('an allow without a service');
    if ((outcome.target?.length ?? 0) > service.targetBytes) {
      return refuse(req, res, reading, outcome, 'target-too-long', `more than ${service.targetBytes} bytes`);
    }
    if (expectation === 'continue') res.writeContinue();
    const ending = await options.carry(req, res, { service, outcome, held: judged.held, client, host });
    if (ending.kind === 'denied' && !res.headersSent && !res.destroyed) {
      return refuse(req, res, reading, outcome, ending.reason, ending.detail);
    }
    return ending;
  }

  function refuse(
    req: IncomingMessage,
    res: ServerResponse,
    reading: Reading<PublicService>,
    outcome: Outcome,
    reason: DenyReason,
    detail?: string,
  ): Ending {
    // The body was not read: the next bytes on this connection are not a request to be believed.
    if (!req.complete) closeAfter(res);
    options.deny(res, {
      reason,
      detail,
      surface: surfaceFor(req, reading),
      outcome,
      head: req.method === 'HEAD',
    });
    return { kind: 'denied', reason, statusCode: DENIAL_STATUS[reason], detail };
  }

  function redirect(
    res: ServerResponse,
    outcome: Outcome,
    status: number,
    location: string,
    reason?: DenyReason,
  ): Ending {
    res.writeHead(status, {
      location,
      'cache-control': 'no-store',
      'content-length': '0',
      'referrer-policy': 'same-origin',
      'x-request-id': outcome.requestId,
      ...(reason === undefined ? {} : { 'x-auth-proxy-reason': reason }),
    });
    res.end();
    return { kind: 'answered', statusCode: status };
  }

  /** RFC 9110 9.3.7. No CORS grant: a preflight that finds none refuses the page. */
  function answerOptions(res: ServerResponse, requestId: string): Ending {
    res.writeHead(204, {
      allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'cache-control': 'no-store',
      'x-request-id': requestId,
    });
    res.end();
    return { kind: 'answered', statusCode: 204 };
  }
}

/** What the client expects before it sends its body (RFC 9110 10.1.1). */
export type Expectation = 'none' | 'continue' | 'unmet';

function surfaceFor(req: IncomingMessage, { parsed, placement }: Reading<PublicService>): Surface {
  const target = parsed.kind === 'canonical' ? parsed.target : undefined;
  return surfaceOf(req, target, placement.kind === 'service' ? placement.prefixLength : 0);
}

function placeOf({ parsed, placement }: Reading<PublicService>): Partial<Outcome> {
  if (parsed.kind === 'ambiguous' || placement.kind !== 'service') return {};
  const { deployment, workspace, service } = placement.service;
  return { place: { deployment, workspace, service } };
}

function unreadOutcome(req: IncomingMessage, requestId: string): Outcome {
  return {
    requestId,
    method: req.method ?? '',
    target: undefined,
    rawTarget: req.url ?? '',
    place: undefined,
    identity: { kind: 'anonymous' },
    bindings: NO_BINDINGS,
    role: undefined,
    match: { kind: 'unplaced' },
    decision: {
      kind: 'deny',
      reason: 'ambiguous-request',
      rule: undefined,
      permission: undefined,
      detail: undefined,
    },
    sourceIp: undefined,
  };
}

function closeAfter(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close');
}

function authorityOf(origin: string | undefined): string {
  return origin === undefined ? '' : new URL(origin).host;
}
