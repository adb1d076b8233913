import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import type { Gate, Judged, Reading } from '../../gate/gate.js';
import type { RawHeaders } from '../../gate/headers.js';
import type { Surface } from '../answers/negotiate.js';
import type { Carriage } from './carry.js';
import type { Client } from './client.js';
import type { Ending } from './ending.js';
import { announcesBody, type IntakeLimits, takeIn } from './intake.js';
import { judgeMethod } from './method.js';
import { answerOptions, type DenialSetting, redirect, refuse } from './reply.js';
import type { PublicService } from './service.js';
import { SIGN_IN_RULE, SIGN_OUT_RULE, signInAnswer, signOutAnswer } from './sign-in.js';
import { surfaceOf } from './surface.js';
import { unreadOutcome } from './unread-outcome.js';

/** What the client waits for before it sends its body (RFC 9110 10.1.1), and what node's parser left of it. */
export type Expectation = 'none' | 'continue' | 'unmet' | 'body-lost';

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
  readonly settingOf: (outcome: Outcome) => DenialSetting;
  /** Called exactly once for every request that did not go to our own pages. */
  readonly concluded: (outcome: Outcome, ending: Ending, startedAtMs: number) => void;
  /** A fault of ours; the request was answered as a denial. */
  readonly failed: (error: unknown, requestId: string) => void;
}

/** A socket that node took off its parser, and what came behind the head. */
export interface Detached {
  readonly socket: Duplex;
  readonly head: Buffer;
  /** Takes the socket from the response, which then writes nothing more. */
  readonly release: () => void;
}

export type Handle = (
  req: IncomingMessage,
  res: ServerResponse,
  expectation: Expectation,
  detached?: Detached,
) => Promise<void>;

/** One request as far as it is known, while it is answered. */
interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly expectation: Expectation;
  readonly detached: Detached | undefined;
  outcome: Outcome;
  surface: Surface;
}

/** One request from its head to its record. Whatever is thrown on the way ends as a denial. */
export function createHandler(options: HandlerOptions): Handle {
  return async function handleRequest(req, res, expectation, detached) {
    const startedAtMs = performance.now();
    const requestId = randomUUID();
    const exchange: Exchange = {
      req,
      res,
      requestId,
      expectation,
      detached,
      outcome: unreadOutcome({ requestId, method: req.method ?? '', rawTarget: req.url ?? '' }),
      surface: 'json',
    };
    let ending: Ending | undefined;
    try {
      ending = await answer(exchange);
    } catch (error) {
      options.failed(error, requestId);
      ending = res.headersSent ? tornOff(res) : deny(exchange, 'internal-error');
    }
    if (ending !== undefined) options.concluded(exchange.outcome, ending, startedAtMs);
  };

  /** Undefined: one of our own pages answers, and keeps its own record. */
  async function answer(exchange: Exchange): Promise<Ending | undefined> {
    const { req, res, requestId } = exchange;
    const intake = takeIn(req, options.limits);
    const headers = intake.kind === 'accepted' ? intake.headers : [];
    const client = options.readClient(req.socket.remoteAddress, headers);
    const host = client.host ?? options.canonicalHost;
    const reading = options.gate.read(host, req.url ?? '');
    exchange.surface = surfaceOf(req.method ?? '', req.headers.accept, reading);
    exchange.outcome = { ...exchange.outcome, place: placeOf(reading), sourceIp: client.ip };
    if (intake.kind === 'refused') return deny(exchange, intake.reason, intake.detail);
    if (exchange.expectation === 'unmet') return deny(exchange, 'expectation-failed');
    if (exchange.expectation === 'body-lost' && announcesBody(req)) {
      return deny(exchange, 'ambiguous-request', 'a body with Upgrade');
    }

    if (reading.parsed.kind === 'canonical') {
      const verdict = judgeMethod(req.method ?? '');
      if (verdict.kind === 'refuse') return deny(exchange, verdict.reason);
      if (verdict.kind === 'options') return answerOptions(res, requestId);
      const { placement } = reading;
      if (placement.kind === 'control' || placement.kind === 'home') {
        const { rest, service } =
          placement.kind === 'control' ? placement : { rest: undefined, service: undefined };
        options.control(req, res, {
          requestId,
          headers,
          client,
          rest,
          service,
          query: reading.parsed.target.query,
        });
        return undefined;
      }
    }
    const asked = { requestId, method: req.method ?? '', headers, sourceIp: client.ip };
    const judged = await options.gate.judge(asked, reading);
    exchange.outcome = judged.outcome;
    return conclude(exchange, reading, judged, client, host);
  }

  async function conclude(
    exchange: Exchange,
    reading: Reading<PublicService>,
    { outcome, service, held }: Judged<PublicService>,
    client: Client,
    host: string,
  ): Promise<Ending> {
    const { req, res, requestId } = exchange;
    const { decision } = outcome;
    const elsewhere = service && ownPageFor(exchange, reading, service);
    if (elsewhere !== undefined) return redirect(req, res, requestId, elsewhere);
    if (decision.kind === 'deny') return deny(exchange, decision.reason, decision.detail);
    if (service === undefined) throw new TypeError('an allow without a service');
    if ((outcome.target?.length ?? 0) > service.targetBytes) {
      return deny(exchange, 'target-too-long', `more than ${service.targetBytes} bytes`);
    }
    if (exchange.expectation === 'continue') res.writeContinue();
    const carriage: Carriage = { service, outcome, held, client, host };
    const { detached } = exchange;
    const tunnelled =
      detached !== undefined && decision.rule.stream === 'socket' && service.upgrade !== undefined;
    const ending = tunnelled
      ? await options.tunnel(req, detached, carriage)
      : await options.carry(req, res, carriage);
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

/** Airflow's own sign-in and sign-out pages lead to ours; programs that ask for them are told like any other. */
function ownPageFor({ outcome, surface }: Exchange, reading: Reading<PublicService>, service: PublicService) {
  const { match, identity } = outcome;
  if (match.kind !== 'matched' || identity.kind === 'unverifiable' || identity.kind === 'ambiguous')
    return undefined;
  if (match.rule.id === SIGN_OUT_RULE) return signOutAnswer();
  return match.rule.id === SIGN_IN_RULE && surface === 'html'
    ? signInAnswer(outcome, service, reading)
    : undefined;
}

function placeOf({ parsed, placement }: Reading<PublicService>): Outcome['place'] {
  if (parsed.kind === 'ambiguous' || placement.kind !== 'service') return undefined;
  const { deployment, workspace, service } = placement.service;
  return { deployment, workspace, service };
}
