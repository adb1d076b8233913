import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DenyReason } from '../../domain/denial.js';
import type { Handle } from './handle.js';

export interface DoorOptions {
  readonly headerBytes: number;
  readonly headersMs: number;
  readonly keepAliveMs: number;
  readonly idleMs: number;
  readonly handle: Handle;
  /** Whether some rule is a socket. Otherwise node drops `Upgrade` by itself and the request comes as any other. */
  readonly sockets: boolean;
  /** A message that never became a request. `answer` are the bytes to send. */
  readonly malformed: (reason: DenyReason, sourceIp: string | undefined) => string;
}

/**
 * The public listener. Every way in that node:http knows leads to one `handle`: requests, `Expect` in both kinds,
 * Upgrade, CONNECT, and what the parser refused.
 */
export function createDoor(options: DoorOptions): Server {
  const server = createServer({
    maxHeaderSize: options.headerBytes,
    headersTimeout: options.headersMs,
    // Bodies may take as long as they flow; silence ends them by the socket's own timer.
    requestTimeout: 0,
    keepAliveTimeout: options.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, options.headersMs),
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  // Fields above node's default count would vanish from the list yet still frame the message; we count them ourselves.
  server.maxHeadersCount = 0;
  server.timeout = options.idleMs;

  server.on('request', (req, res) => void options.handle(req, res, 'none'));
  server.on('checkContinue', (req, res) => void options.handle(req, res, 'continue'));
  server.on('checkExpectation', (req, res) => void options.handle(req, res, 'unmet'));
  server.on('connect', (req, socket, head) => void answerOnSocket(req, socket, head));
  if (options.sockets) server.on('upgrade', (req, socket, head) => void answerOnSocket(req, socket, head));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const address = 'remoteAddress' in socket ? String(socket.remoteAddress) : undefined;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(options.malformed(reasonOf(error.code), address));
  });
  return server;

  /** A request that node has taken off its HTTP parser: judged like any other, answered once, then closed. */
  async function answerOnSocket(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const response = new ServerResponse(req);
    const owned = socket as Parameters<ServerResponse['assignSocket']>[0];
    const onDrain = () => void response.emit('drain');
    socket.on('error', () => socket.destroy());
    socket.on('drain', onDrain);
    response.shouldKeepAlive = false;
    response.assignSocket(owned);
    response.on('finish', () => socket.end());
    await options.handle(req, response, 'body-lost', {
      socket,
      head,
      release: () => {
        socket.off('drain', onDrain);
        response.detachSocket(owned);
      },
    });
  }
}

function reasonOf(code: string | undefined): DenyReason {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'headers-too-large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request-timeout';
    default:
      return 'ambiguous-request';
  }
}
