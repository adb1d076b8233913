import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import type { Gate } from '../../gate/gate.js';
import type { RawHeaders } from '../../gate/headers.js';
import { appendCookies } from './append-cookies.js';
import type { Arrival, Detached } from './arrival.js';
import type { Carriage } from './carry.js';
import type { Client } from './client.js';
import type { Ending } from './ending.js';
import type { Exchange } from './exchange.js';
import { finish } from './finish.js';
import { type IntakeLimits, takeIn } from './intake.js';
import { judgeMethod } from './method.js';
import { placeOf } from './place-of.js';
import { answerOptions, type DenialSetting, refuse } from './reply.js';
import type { PublicService } from './service.js';
import { surfaceOf } from './surface.js';
import { unreadOutcome } from './unread-outcome.js';

/** What our own pages know of a request. */
export interface ControlContext {
  readonly requestId: string;
  readonly headers: RawHeaders;
  readonly client: Client;
  /** Segments behind `/.auth`; undefined for the home page. */
  readonly rest: readonly string[] | undefined;
  readonly service: PublicService | undefined;
  /** Canonical, without `?`. */
  readonly query: string | undefined;
}

export interface HandlerOptions {
  readonly gate: Gate<PublicService>;
  readonly limits: IntakeLimits;
  readonly readClient: (peer: string | undefined, headers: RawHeaders) => Client;
  /** The authority that an unknown Host counts as. */
  readonly canonicalHost: string;
  /** `/.auth/*` and the home page. */
  readonly control: (req: IncomingMessage, res: ServerResponse, context: ControlContext) => void;
  readonly carry: (req: IncomingMessage, res: ServerResponse, carriage: Carriage) => Promise<Ending>;
  /** The same for a socket; on failure nothing was written and the socket is still the response's. */
  readonly tunnel: (req: IncomingMessage, detached: Detached, carriage: Carriage) => Promise<Ending>;
  /** What the browser has to be told of its session with the answer: `Set-Cookie` values. */
  readonly renewalOf?: ((headers: RawHeaders) => readonly string[]) | undefined;
  readonly settingOf: (outcome: Outcome) => DenialSetting;
  /** Called exactly once for every request that did not go to our own pages. */
  readonly concluded: (outcome: Outcome, ending: Ending, startedAtMs: number) => void;
  /** A fault of ours; the request was answered as a denial. */
  readonly failed: (error: unknown, requestId: string) => void;
}

/** Never rejects. */
export type Handle = (req: IncomingMessage, res: ServerResponse, arrival: Arrival) => Promise<void>;

/** One request from its head to its record. Whatever is thrown on the way ends as a denial. */
export function createHandler(options: HandlerOptions): Handle {
  return async function handleRequest(req, res, arrival) {
    const startedAtMs = performance.now();
    const requestId = randomUUID();
    const exchange: Exchange = {
      req,
      res,
      requestId,
      arrival,
      outcome: unreadOutcome({ requestId, method: req.method ?? '', rawTarget: req.url ?? '' }),
      surface: 'json',
    };
    let ending: Ending | undefined;
    try {
      ending = await answerOrDeny(exchange);
    } catch (error) {
      // The denial itself failed: nothing can be said any more, and nothing may leak.
      ending = tornOff(res);
      options.failed(error, requestId);
    }
    if (ending === undefined) return;
    try {
      options.concluded(exchange.outcome, named(ending, exchange), startedAtMs);
    } catch (error) {
      options.failed(error, requestId);
    }
  };

  async function answerOrDeny(exchange: Exchange): Promise<Ending | undefined> {
    try {
      return await answer(exchange);
    } catch (error) {
      options.failed(error, exchange.requestId);
      return exchange.res.headersSent ? tornOff(exchange.res) : deny(exchange, 'internal-error');
    }
  }

  /** Undefined: one of our own pages answers, and keeps its own record. */
  async function answer(exchange: Exchange): Promise<Ending | undefined> {
    const { req, res, requestId, arrival } = exchange;
    const method = req.method ?? '';
    const intake = takeIn(req, arrival.expectation, options.limits);
    const { headers } = intake;
    const client = options.readClient(req.socket.remoteAddress, headers);
    const host = client.host ?? options.canonicalHost;
    const reading = options.gate.read(host, req.url ?? '');
    exchange.surface = surfaceOf(method, req.headers.accept, reading);
    exchange.outcome = { ...exchange.outcome, place: placeOf(reading), sourceIp: client.ip };
    if (intake.kind === 'refused') return deny(exchange, intake.reason, intake.detail);

    const verdict = judgeMethod(method);
    // The target of CONNECT is an authority, never a path.
    if (verdict.kind === 'refuse' && (reading.parsed.kind === 'canonical' || method === 'CONNECT')) {
      return deny(exchange, verdict.reason);
    }
    if (reading.parsed.kind === 'canonical') {
      if (verdict.kind === 'options') return answerOptions(req, res, requestId);
      const { placement } = reading;
      if (placement.kind === 'control' || placement.kind === 'home') {
        const { rest, service } =
          placement.kind === 'control' ? placement : { rest: undefined, service: undefined };
        const { query } = reading.parsed.target;
        if (arrival.expectation === 'continue') res.writeContinue();
        arrival.detached?.ignoreRest();
        options.control(req, res, { requestId, headers, client, rest, service, query });
        return undefined;
      }
    }
    const judged = await options.gate.judge({ requestId, method, headers, sourceIp: client.ip }, reading);
    exchange.outcome = judged.outcome;
    appendCookies(res, options.renewalOf?.(headers) ?? []);
    const ending = await finish(exchange, { reading, judged, client, host }, options);
    const unanswered = ending.kind === 'denied' && !res.headersSent && !res.destroyed;
    return unanswered ? deny(exchange, ending.reason, ending.detail) : ending;
  }

  function deny(exchange: Exchange, reason: DenyReason, detail?: string): Ending {
    const { req, res, outcome, surface } = exchange;
    return refuse(req, res, { reason, detail, surface, outcome, setting: options.settingOf(outcome) });
  }
}

/** An answer that had begun must not look finished. */
function tornOff(res: ServerResponse): Ending {
  res.destroy();
  return { kind: 'denied', reason: 'internal-error', statusCode: res.statusCode, detail: undefined };
}

/** A client that broke the rules in the middle of its body looks like one that left. */
function named(ending: Ending, { arrival, res }: Exchange): Ending {
  const broken = arrival.brokenBy();
  if (broken === undefined || ending.kind !== 'denied' || ending.reason !== 'client-gone') return ending;
  const statusCode = res.headersSent ? res.statusCode : DENIAL_STATUS[broken];
  return { ...ending, reason: broken, statusCode, detail: 'in the middle of the body' };
}
