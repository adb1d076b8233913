import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import type { Method } from '../../src/domain/route.js';
import { createForward, type Forward } from '../../src/forward/forward.js';
import type { ForwardJob, ForwardResult } from '../../src/forward/job.js';
import { createLiveStreams, type LiveStreams } from '../../src/forward/live-streams.js';
import type { UpstreamOptions } from '../../src/forward/upstream.js';
import { jobOf, PLACE } from './fixtures.js';

/** Closed by `closeAll`, last one first. */
const closers: (() => Promise<void> | void)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export function whenClosing(close: () => Promise<void> | void): void {
  closers.push(close);
}

async function listen(server: Server | NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A real HTTP server; keeps nothing of what it is asked. */
export async function httpUpstream(listener: RequestListener): Promise<{ port: number; server: Server }> {
  const server = createServer(listener);
  const port = await listen(server);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, server };
}

/** Bytes in, bytes out: answers each connection by hand and keeps what it received. */
export async function rawUpstream(
  onConnection: (socket: Socket, index: number) => void,
): Promise<{ port: number; received: string[]; sockets: Socket[] }> {
  const received: string[] = [];
  const sockets: Socket[] = [];
  const server = createNetServer((socket) => {
    const index = sockets.push(socket) - 1;
    received.push('');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('latin1');
    });
    onConnection(socket, index);
  });
  const port = await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, received, sockets };
}

/** Answers every request of a raw upstream with the same bytes, once its head is complete. */
export function answering(bytes: string): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', (chunk) => {
      if (chunk.toString('latin1').includes('\r\n\r\n')) socket.write(bytes, 'latin1');
    });
  };
}

export interface Front {
  readonly port: number;
  readonly forward: Forward;
  readonly streams: LiveStreams;
  readonly results: ForwardResult[];
  /** The result of the n-th request to end, from 0. */
  result(index?: number): Promise<ForwardResult>;
}

/** A real HTTP server before the code under test; answers failures with 599 and the reason. */
export async function front(
  upstreamPort: number,
  options: Partial<UpstreamOptions> = {},
  job: Partial<ForwardJob> | ((req: IncomingMessage, res: ServerResponse) => Partial<ForwardJob>) = {},
): Promise<Front> {
  const streams = createLiveStreams();
  const forward = createForward({
    upstream: {
      origin: `http://127.0.0.1:${upstreamPort}`,
      connectTimeoutMs: 500,
      firstByteTimeoutMs: 2000,
      idleTimeoutMs: 2000,
      maxConnections: 64,
      bodyLimitBytes: 0,
      keepAlive: true,
      ...options,
    },
    place: PLACE,
    streams,
  });
  const results: ForwardResult[] = [];
  const server = createServer((req, res) => {
    const changes = typeof job === 'function' ? job(req, res) : job;
    const made = jobOf({ method: req.method as Method, target: req.url ?? '/', ...changes });
    void forward.forward(req, res, made).then((result) => {
      results.push(result);
      if (result.kind === 'failed' && !result.responseStarted && !res.destroyed) {
        res.writeHead(599, { 'x-reason': result.reason }).end(`failed: ${result.reason}`);
      }
    });
  });
  const port = await listen(server);
  closers.push(async () => {
    streams.abortAll('shutting-down');
    server.closeAllConnections();
    server.close();
    await forward.close();
  });
  return {
    port,
    forward,
    streams,
    results,
    async result(index = 0) {
      await until(() => results.length > index);
      return results[index] as ForwardResult;
    },
  };
}

/** Sends bytes and reads until the other side closes. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return answer;
}

export function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: h', 'Connection: close', ...headers, '', ''].join('\r\n');
}

export async function until(condition: () => boolean, timeoutMs = 4000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error('the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
