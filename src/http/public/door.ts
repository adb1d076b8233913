import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DenyReason } from '../../domain/denial.js';
import type { Expectation } from './arrival.js';
import type { Handle } from './handle.js';
import { malformedReason } from './malformed-reason.js';

export interface DoorOptions {
  /** Request line and header fields together. */
  readonly headerBytes: number;
  readonly targetBytes: number;
  readonly headersMs: number;
  readonly keepAliveMs: number;
  /** Silence in both directions after which a connection is given up. Longer than any wait for an upstream. */
  readonly silenceMs: number;
  readonly handle: Handle;
  /** A message that never became a request: the bytes to answer it with. `record`: whether it leaves a record of its own. */
  readonly malformed: (reason: DenyReason, sourceIp: string | undefined, record: boolean) => string;
}

export interface Door {
  readonly server: Server;
  /** Whether some rule is a socket. Otherwise node drops `Upgrade` by itself and the request comes as any other. */
  acceptSockets(accept: boolean): void;
  /** Takes nothing new and lets what runs finish; resolves when the last connection has ended. */
  close(): Promise<void>;
  /** Ends every connection now, also those that node's own list no longer has. */
  destroy(): void;
}

/** One connection. Requests that were pipelined are answered one after the other. */
interface Line {
  /** The request that is being answered. */
  current: { readonly req: IncomingMessage; readonly res: ServerResponse } | undefined;
  /** In order, behind the current one. */
  readonly waiting: (() => void)[];
  broken: DenyReason | undefined;
}

/** How often connections that have fallen idle are looked for while draining. */
const IDLE_SWEEP_MS = 50;

/**
 * The public listener. Every way in that node:http knows leads to one `handle`: requests, `Expect` in both kinds,
 * Upgrade, CONNECT, and what the parser refused.
 */
export function createDoor(options: DoorOptions): Door {
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
  server.timeout = options.silenceMs;
  const lines = new WeakMap<Duplex, Line>();
  const connections = new Set<Socket>();
  let draining = false;

  server.on('connection', (socket) => {
    const line: Line = { current: undefined, waiting: [], broken: undefined };
    lines.set(socket, line);
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (req, res) => arrive(req, res, 'none'));
  server.on('checkContinue', (req, res) => arrive(req, res, 'continue'));
  server.on('checkExpectation', (req, res) => arrive(req, res, 'unmet'));
  server.on('connect', answerOnSocket);
  server.on('clientError', answerMalformed);

  function arrive(req: IncomingMessage, res: ServerResponse, expectation: Expectation): void {
    inTurn(req, res, (line) => {
      void options.handle(req, res, { expectation, brokenBy: () => line.broken });
    });
  }

  /**
   * Begins a request when the one before it on this connection was answered, and not at all where that answer was the
   * last: what stands behind it was never asked (RFC 9112 9.3.2, 9.6).
   */
  function inTurn(req: IncomingMessage, res: ServerResponse, begin: (line: Line) => void): void {
    const line = lines.get(req.socket);
    // INVARIANT: node tells of a connection before it tells of a request on it.
    if (line === undefined) throw new TypeError('a request without a connection');
    const run = (): void => {
      line.current = { req, res };
      if (draining) res.shouldKeepAlive = false;
      res.once('close', () => {
        line.current = undefined;
        // Node ends the socket behind a last answer, and what broke off is destroyed.
        if (!req.socket.writable) line.waiting.length = 0;
        else line.waiting.shift()?.();
      });
      begin(line);
    };
    if (line.current === undefined) run();
    else line.waiting.push(run);
  }

  /** A request that node has taken off its HTTP parser: judged like any other, answered once, then closed. */
  function answerOnSocket(req: IncomingMessage, duplex: Duplex, head: Buffer): void {
    // The server makes nothing but net.Sockets.
    const socket = duplex as Socket;
    const response = new ServerResponse(req);
    const onDrain = (): void => void response.emit('drain');
    const giveUp = (): void => void socket.destroy();
    socket.on('error', giveUp).on('timeout', giveUp).setTimeout(options.silenceMs);
    response.shouldKeepAlive = false;
    response.on('finish', () => socket.destroySoon());
    inTurn(req, response, () => {
      socket.on('drain', onDrain);
      response.assignSocket(socket);
      void options.handle(req, response, {
        expectation: 'body-lost',
        brokenBy: () => undefined,
        detached: {
          socket,
          head,
          ignoreRest: () => void socket.once('end', giveUp).resume(),
          release: () => {
            socket.off('drain', onDrain).off('timeout', giveUp).setTimeout(0);
            response.detachSocket(socket);
          },
        },
      });
    });
  }

  /** Bytes that are no HTTP: answered where nothing is being answered, and never into the middle of an answer. */
  function answerMalformed(error: NodeJS.ErrnoException, duplex: Duplex): void {
    const socket = duplex as Socket;
    const line = lines.get(socket);
    const silent = socket.bytesRead === 0;
    if (error.code === 'ECONNRESET' || !socket.writable || silent || line === undefined) {
      socket.destroy();
      return;
    }
    const { current } = line;
    const reason = malformedReason(error, options.targetBytes);
    // The fault is in the body of a request that has a record of its own coming.
    const inBody = current?.req.complete === false;
    if (inBody) line.broken = reason;
    const bytes = options.malformed(reason, socket.remoteAddress, !inBody);
    if (current === undefined || (inBody && !current.res.headersSent)) socket.write(bytes);
    socket.destroySoon();
  }

  function closeIdle(): void {
    server.closeIdleConnections();
    // Browsers open connections ahead; node does not call one idle before its first request.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  }

  return {
    server,
    acceptSockets(accept) {
      server.off('upgrade', answerOnSocket);
      if (accept) server.on('upgrade', answerOnSocket);
    },
    close() {
      draining = true;
      const sweep = setInterval(closeIdle, IDLE_SWEEP_MS);
      closeIdle();
      return new Promise((resolve) => {
        server.close(() => {
          clearInterval(sweep);
          resolve();
        });
      });
    },
    destroy() {
      for (const socket of connections) socket.destroy();
    },
  };
}
