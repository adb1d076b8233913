import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { DenyReason } from '../../domain/denial.js';
import { type Principal, subjectOf } from '../../domain/principal.js';
import { sendAnswer } from '../answers/answer.js';
import { readFields } from '../public/fields.js';
import { SECRET_HEADER } from './admit.js';
import type { Ask, Judge } from './judge.js';
import { DIALECTS, type OriginalResult } from './original.js';
import { type DialectRoute, dialectOf } from './route.js';

export interface ForwardAuthDoorOptions {
  readonly judge: Judge;
  readonly headerBytes: number;
  readonly headers: number;
  readonly headersMs: number;
  readonly keepAliveMs: number;
  readonly idleMs: number;
  /** A message that never became a request. `answer` are the bytes to send. */
  readonly malformed: (reason: DenyReason, sourceIp: string | undefined) => string;
}

/**
 * The listener that ingress controllers ask over HTTP. Any method is taken: some ask with the client's own. What the ask
 * carries as a body is not read. Answers 200, 401 or 403, nothing else.
 */
export function createForwardAuthDoor(options: ForwardAuthDoorOptions): Server {
  const server = createServer({
    // The dialect's own headers come on top of what the client may send.
    maxHeaderSize: options.headerBytes * 2,
    headersTimeout: options.headersMs,
    keepAliveTimeout: options.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, options.headersMs),
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  server.maxHeadersCount = 0;
  server.timeout = options.idleMs;
  const answer = (req: IncomingMessage, res: ServerResponse) =>
    void answerAsk(req, res).catch(() => {
      // Nothing leaves here that could be taken for an allow, or for a reason to let the request pass.
      if (res.headersSent) res.destroy();
      else res.writeHead(403, { 'cache-control': 'no-store', 'content-length': '0' }).end();
    });
  server.on('request', answer);
  // Without these node would send 100 or 417 by itself.
  server.on('checkContinue', answer);
  server.on('checkExpectation', answer);
  server.on('connect', (req, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(options.malformed('method-not-allowed', req.socket.remoteAddress));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const address = 'remoteAddress' in socket ? String(socket.remoteAddress) : undefined;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    socket.end(options.malformed(tooLarge ? 'headers-too-large' : 'ambiguous-request', address));
  });
  return server;

  async function answerAsk(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = dialectOf(req.url ?? '');
    const verdict = await options.judge(readAsk(req, route, options.headers));
    if (verdict.kind === 'deny') {
      sendAnswer(res, verdict.answer, req.method);
      return;
    }
    res.writeHead(200, {
      ...(route?.dialect === 'houston' ? houstonHeaders(verdict.principal) : {}),
      ...Object.fromEntries(verdict.set),
      'cache-control': 'no-store',
      'content-length': '0',
      'x-request-id': verdict.requestId,
    });
    res.end();
  }
}

/**
 * What Houston's `/v1/authorization` says beside the token, for `auth-response-headers: authorization, username, email`.
 * A name that a header cannot say stays empty; the token has it.
 */
function houstonHeaders(principal: Principal | undefined): Record<string, string> {
  const plain = (text: string | undefined) => (text !== undefined && /^[!-~]+$/.test(text) ? text : '');
  return { username: plain(principal && subjectOf(principal)), email: plain(principal?.email) };
}

function readAsk(req: IncomingMessage, route: DialectRoute | undefined, maxFields: number): Ask {
  const fields = readFields(req.rawHeaders, maxFields);
  const headers = fields.kind === 'read' ? fields.headers : [];
  const original: OriginalResult =
    route === undefined
      ? { kind: 'refused', detail: 'this path speaks no dialect' }
      : DIALECTS[route.dialect]({ method: req.method ?? '', headers, rest: route.rest });
  const secrets = headers.filter(([name]) => name.toLowerCase() === SECRET_HEADER).map(([, value]) => value);
  return { peer: req.socket.remoteAddress, secrets, original, fields };
}
