import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, createAnswer, jsonAnswer, sendAnswer } from '../answers/answer.js';
import { isReady, type Readiness } from './readiness.js';

export interface AdminDoorOptions {
  readonly metrics: { expose(): Promise<{ readonly contentType: string; readonly body: string }> };
  /** Asked on each request, so it must be cheap: what is known already, nothing that is fetched. */
  readonly readiness: () => Readiness;
  readonly version: string;
  /** Told what was thrown while answering. */
  readonly onError?: (error: unknown) => void;
}

export type AdminDoor = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Page = (requestId: string, query: URLSearchParams) => Answer | Promise<Answer>;

/**
 * The operators' door: `/healthz` (the process runs), `/readyz` (requests may be sent here; `?verbose` says why) and
 * `/metrics`. Everything else is 404. It asks no upstream and takes no credential: keep its listener private.
 */
export function createAdminDoor({ metrics, readiness, version, onError }: AdminDoorOptions): AdminDoor {
  const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
    ['/healthz', (requestId) => jsonAnswer(200, requestId, { status: 'alive', version })],
    ['/readyz', (requestId, query) => readyAnswer(requestId, readiness(), query.has('verbose'))],
    ['/metrics', metricsAnswer],
  ]);

  async function metricsAnswer(requestId: string): Promise<Answer> {
    const { contentType, body } = await metrics.expose();
    return createAnswer({
      status: 200,
      requestId,
      contentType: undefined,
      body,
      headers: { 'content-type': contentType },
    });
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const requestId = randomUUID();
    const target = request.url ?? '';
    const mark = target.indexOf('?');
    const page = pages.get(mark === -1 ? target : target.slice(0, mark));
    if (page === undefined) return jsonAnswer(404, requestId, { detail: 'not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonAnswer(405, requestId, { detail: 'method not allowed' }, { allow: 'GET, HEAD' });
    }
    try {
      return await page(requestId, new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1)));
    } catch (error) {
      onError?.(error);
      return jsonAnswer(500, requestId, { detail: 'internal error' });
    }
  }

  return async function handleAdminRequest(request, response) {
    sendAnswer(response, await answer(request), request.method);
  };
}

function readyAnswer(requestId: string, current: Readiness, verbose: boolean): Answer {
  const ready = isReady(current);
  const status = current.draining ? 'draining' : ready ? 'ready' : 'not ready';
  const waiting = current.checks.filter(({ state }) => state === 'waiting').map(({ name }) => name);
  return jsonAnswer(ready ? 200 : 503, requestId, {
    status,
    ...(waiting.length === 0 ? {} : { waiting }),
    ...(verbose ? { checks: current.checks } : {}),
  });
}
