import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { planAnswer, unknownDocument } from './answer-plan.js';
import { type AnswerFraming, declaredLength, hasBody } from './framing.js';
import { toUpstreamHeaders } from './headers.js';
import type { ForwardFailure, ForwardJob, ForwardResult } from './job.js';
import type { LiveStreams } from './live-streams.js';
import type { CompiledPlace } from './place.js';
import { countedBody, discardBody } from './request-body.js';
import { toClientHeaders } from './response-headers.js';
import type { Upstream, UpstreamCall } from './upstream.js';
import type { UpstreamFailure } from './upstream-failure.js';

export interface ExchangeContext {
  readonly place: CompiledPlace;
  readonly upstream: Upstream;
  readonly streams: LiveStreams;
  readonly bodyLimitBytes: number;
  readonly idleTimeoutMs: number;
}

const REASON = {
  unreachable: 'upstream-unreachable',
  timeout: 'upstream-timeout',
  invalid: 'upstream-invalid',
  overloaded: 'overloaded',
  aborted: 'client-gone',
} as const satisfies Record<UpstreamFailure, ForwardFailure>;

/** An answer whose head is held back until its body is known. */
interface Held {
  readonly limitBytes: number;
  /** The body is longer than the limit; the chunks so far. */
  overflow(chunks: readonly Buffer[]): void;
  complete(body: Buffer): void;
}

/**
 * The life of one request upstream: what was sent, what came back, how it ended. Both bodies flow with back-pressure;
 * whichever side leaves first takes the other with it. Longer than most files here since it is one state machine.
 */
export function exchange(
  req: IncomingMessage,
  res: ServerResponse,
  job: ForwardJob,
  context: ExchangeContext,
): Promise<ForwardResult> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let settled = false;
    let call: UpstreamCall | undefined;
    let status = 0;
    let firstByteMs = 0;
    let upstreamDenied = false;
    let held: Held | undefined;
    let chunks: Buffer[] = [];
    let heldBytes = 0;
    let wrote = false;
    let slowReader: NodeJS.Timeout | undefined;
    let body: Readable | undefined;
    const withBody = hasBody(req);

    const removeStream = context.streams.add({
      subject: job.subject,
      requestId: job.requestId,
      startedAt: Date.now(),
      abort: (reason) => fail(reason, 'ended by us'),
    });
    res.on('close', onClientGone).on('drain', onDrain);
    send();

    function settle(result: ForwardResult): void {
      settled = true;
      clearTimeout(slowReader);
      res.off('close', onClientGone).off('drain', onDrain);
      removeStream();
      // Answered before the body was through: nothing else may be sent on that connection.
      if (withBody && !req.complete) call?.abort();
      body?.destroy();
      if (withBody) discardBody(req, res);
      resolve(result);
    }

    function fail(reason: ForwardFailure, detail: string): void {
      if (settled) return;
      const responseStarted = res.headersSent;
      settle({ kind: 'failed', reason, detail, responseStarted });
      call?.abort();
      // No clean end: the client has to see that this is not the whole answer.
      if (responseStarted) res.destroy();
    }

    function finish(last?: Buffer): void {
      res.end(last);
      const upstreamMs = performance.now() - startedAt;
      settle({ kind: 'answered', status, upstreamDenied, firstByteMs, upstreamMs });
    }

    function onClientGone(): void {
      fail('client-gone', 'the client closed its connection');
    }

    function write(chunk: Buffer): void {
      wrote = true;
      if (res.write(chunk)) return;
      call?.pause();
      const giveUp = (): void => fail('client-gone', 'the client stopped reading');
      slowReader ??= setTimeout(giveUp, context.idleTimeoutMs).unref();
    }

    function onDrain(): void {
      clearTimeout(slowReader);
      slowReader = undefined;
      call?.resume();
    }

    function start(raw: readonly string[], framing: AnswerFraming, transformed: boolean): void {
      res.writeHead(status, toClientHeaders(raw, job, context.place, framing, transformed));
    }

    function onHead(answerStatus: number, raw: string[]): void {
      firstByteMs = performance.now() - startedAt;
      status = answerStatus;
      const plan = planAnswer(job, status, raw);
      switch (plan.kind) {
        case 'fail':
          fail(plan.reason, plan.detail);
          break;
        case 'pass':
          upstreamDenied = plan.upstreamDenied;
          start(raw, plan.framing, plan.transformed);
          // 204 and 304 are over now, whatever the upstream sends after them.
          if (plan.framing.kind === 'none' && job.method !== 'HEAD') finish();
          else queueMicrotask(flushHead);
          break;
        case 'peek':
          held = {
            limitBytes: plan.peek.limitBytes,
            overflow(early) {
              upstreamDenied = plan.peek.upstreamDenied;
              start(raw, plan.framing, false);
              for (const chunk of early) write(chunk);
            },
            complete(body) {
              const verdict = plan.peek.judge(body);
              if (verdict.kind === 'refused') {
                fail(verdict.reason, verdict.detail);
              } else {
                upstreamDenied = verdict.upstreamDenied;
                start(raw, plan.framing, false);
                finish(body);
              }
            },
          };
          break;
        case 'transform':
          held = {
            limitBytes: plan.transform.limitBytes,
            overflow: () => fail('upstream-invalid', unknownDocument(plan.transform)),
            complete(body) {
              const changed = plan.transform.apply(body);
              if (changed === undefined) {
                fail('upstream-invalid', unknownDocument(plan.transform));
              } else {
                start(raw, { kind: 'length', bytes: changed.length }, true);
                finish(changed);
              }
            },
          };
          break;
        default:
          plan satisfies never;
      }
    }

    /** A stream may stay silent for long after its head; an answer that is all there goes out in one write. */
    function flushHead(): void {
      if (!wrote && !settled) res.flushHeaders();
    }

    function onData(chunk: Buffer): void {
      if (settled) return;
      if (held === undefined) {
        write(chunk);
        return;
      }
      chunks.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes <= held.limitBytes) return;
      const { overflow } = held;
      const early = chunks;
      held = undefined;
      chunks = [];
      overflow(early);
    }

    function onEnd(): void {
      if (settled) return;
      if (held === undefined) finish();
      else held.complete(Buffer.concat(chunks));
    }

    function send(): void {
      const { bodyLimitBytes, idleTimeoutMs } = context;
      const bodyBytes = withBody ? declaredLength(req) : undefined;
      if (res.destroyed) {
        onClientGone();
      } else if (withBody && (job.method === 'GET' || job.method === 'HEAD')) {
        fail('ambiguous-request', 'a body on GET or HEAD');
      } else if (bodyLimitBytes > 0 && (bodyBytes ?? 0) > bodyLimitBytes) {
        fail('body-too-long', `the body is longer than ${bodyLimitBytes} bytes`);
      } else {
        const limits = { limitBytes: bodyLimitBytes, idleTimeoutMs };
        if (withBody) body = countedBody(req, limits, (fault) => fail(fault, 'while reading the body'));
        const headers = toUpstreamHeaders(req.rawHeaders, job, context.place);
        const request = { target: job.target, method: job.method, headers, body, bodyBytes };
        const failed = (failure: UpstreamFailure, detail: string): void => fail(REASON[failure], detail);
        call = context.upstream.send(request, { head: onHead, data: onData, end: onEnd, failed });
      }
    }
  });
}
