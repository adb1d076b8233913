import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'http-proxy';
import { AuthProxyError } from '../domain/errors.js';
import { faultOfAnswer, type Handshake, readHandshake } from './handshake.js';
import { toUpstreamHeaders } from './headers.js';
import type { Failed, ForwardFailure, ForwardJob, ServicePlace } from './job.js';
import { createLiveStreams, type LiveStreams, type StreamEnd } from './live-streams.js';
import { type CompiledPlace, compilePlace, originOf } from './place.js';
import { toClientHeaders } from './response-headers.js';
import { Tunnel } from './tunnel.js';

export interface UpgradeOptions {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  readonly place: ServicePlace;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs: number;
  /** A tunnel outlives the decision that opened it; this bounds by how much (threats F17). */
  readonly maxLifetimeMs: number;
  readonly maxTunnels: number;
  readonly streams?: LiveStreams | undefined;
}

export type TunnelEnd = 'closed' | 'idle' | 'lifetime' | StreamEnd;

export type UpgradeResult =
  | { readonly kind: 'tunnelled'; readonly upstreamMs: number; readonly closed: Promise<TunnelEnd> }
  /** Nothing was written to the socket, and nothing was read from it: the caller answers and destroys it. */
  | (Failed & { readonly responseStarted: false });

export interface Upgrade {
  /** `socket` and `head` as Node's `upgrade` event gives them. Never rejects. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, job: ForwardJob): Promise<UpgradeResult>;
  /** Ends every tunnel, and every handshake under way, of this service. */
  closeAll(reason: StreamEnd): void;
  stats(): { readonly open: number; readonly pending: number };
}

/**
 * WebSocket for the rules that ask for it (`stream: socket`, Flower up to 1.0), over http-proxy. Only that: http-proxy
 * must never carry a plain request, it unframes the body of DELETE (CVE-2026-29057). What it would do unseen is done
 * here: the headers are those of every forwarded request, the handshake is checked on both sides (threats F15), bytes
 * sent ahead of the 101 wait (F16), and no other answer than a right 101 is relayed.
 * Trusted: the job. Throws {@link AuthProxyError} `upstream` on bad options.
 */
export function createUpgrade(options: UpgradeOptions): Upgrade {
  const place = compilePlace(options.place, options.origin);
  const origin = originOf(options.origin, 'upstream');
  for (const name of [
    'connectTimeoutMs',
    'firstByteTimeoutMs',
    'idleTimeoutMs',
    'maxLifetimeMs',
    'maxTunnels',
  ] as const) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) {
      throw new AuthProxyError(
        'upstream',
        `${name} of an upgrade must be a whole number, not \`${options[name]}\``,
      );
    }
  }
  const streams = options.streams ?? createLiveStreams();
  const beginnings = new WeakMap<object, (request: ClientRequest) => void>();
  const pending = new Set<(reason: StreamEnd) => void>();
  const open = new Set<(reason: StreamEnd) => void>();

  // The path is set below, byte for byte; the library would parse and join it.
  const proxy = createProxyServer({ target: origin, prependPath: false, toProxy: true, xfwd: false });
  proxy.on('proxyReqWs', (request, _req, socket) => beginnings.get(socket)?.(request));
  // Each failure is reported to the callback of its own handshake.
  proxy.on('error', () => undefined);

  function connect(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    job: ForwardJob,
    handshake: Handshake & { readonly kind: 'websocket' },
  ): Promise<UpgradeResult> {
    return new Promise((resolve) => {
      const startedAt = performance.now();
      let state: 'pending' | 'open' | 'over' = 'pending';
      let upstreamRequest: ClientRequest | undefined;
      let lifetime: NodeJS.Timeout | undefined;
      let closed: (end: TunnelEnd) => void = () => undefined;

      const tunnel = new Tunnel(socket, { idleTimeoutMs: options.idleTimeoutMs, onIdle: () => end('idle') });
      const abort = (reason: StreamEnd): void =>
        state === 'open' ? end(reason) : fail(reason, 'ended by us');
      const removeStream = streams.add({
        subject: job.subject,
        requestId: job.requestId,
        startedAt: Date.now(),
        abort,
      });
      let timer = setTimeout(timedOut, options.connectTimeoutMs).unref();
      pending.add(abort);
      tunnel.on('close', () =>
        state === 'open' ? end('closed') : fail('client-gone', 'the client closed its socket'),
      );

      function timedOut(): void {
        fail('upstream-timeout', 'no answer to the handshake');
      }
      function over(): void {
        state = 'over';
        clearTimeout(timer);
        clearTimeout(lifetime);
        removeStream();
        pending.delete(abort);
        open.delete(abort);
        upstreamRequest?.destroy();
        tunnel.destroy();
      }
      function fail(reason: ForwardFailure, detail: string): void {
        if (state !== 'pending') return;
        over();
        resolve({ kind: 'failed', reason, detail, responseStarted: false });
      }
      function end(how: TunnelEnd): void {
        if (state === 'pending') timedOut();
        if (state !== 'open') return;
        over();
        closed(how);
      }

      function begin(request: ClientRequest): void {
        upstreamRequest = request;
        request.path = job.target;
        for (const name of request.getHeaderNames()) request.removeHeader(name);
        for (const [name, values] of groupByName(toUpstreamHeaders(req.rawHeaders, job, place))) {
          request.setHeader(name, values);
        }
        request.setHeader('connection', 'Upgrade');
        request.setHeader('upgrade', 'websocket');
        request.once('socket', (upstreamSocket) =>
          upstreamSocket.once('connect', () => {
            clearTimeout(timer);
            if (state === 'pending') timer = setTimeout(timedOut, options.firstByteTimeoutMs).unref();
          }),
        );
        // Before the library's own listeners, which believe any answer.
        request.once('response', (answer) => {
          answer.destroy();
          fail('upstream-invalid', `it answered ${answer.statusCode ?? 0} to the handshake`);
        });
        request.once('upgrade', (answer, upstreamSocket) => {
          const fault = faultOfAnswer(handshake, answer.statusCode ?? 0, answer.rawHeaders);
          if (fault !== undefined) fail('upstream-invalid', fault);
          if (state !== 'pending') {
            upstreamSocket.destroy();
            return;
          }
          state = 'open';
          clearTimeout(timer);
          pending.delete(abort);
          open.add(abort);
          lifetime = setTimeout(() => end('lifetime'), options.maxLifetimeMs).unref();
          // What it said last is still on its way to the client.
          upstreamSocket.once('close', () => tunnel.destroySoon());
          tunnel.once('close', () => upstreamSocket.destroy());
          tunnel.open(switchingProtocols(answer.rawHeaders, job, place));
          const whenClosed = new Promise<TunnelEnd>((settle) => (closed = settle));
          resolve({ kind: 'tunnelled', upstreamMs: performance.now() - startedAt, closed: whenClosed });
        });
      }

      beginnings.set(tunnel, begin);
      // A view, so that the library sees none of the caller's headers and `req` itself stays as it is.
      const view: IncomingMessage = Object.create(req, {
        headers: { value: { connection: 'Upgrade', upgrade: 'websocket' } },
        url: { value: job.target },
      });
      proxy.ws(view, tunnel, head, {}, (error) => {
        fail('upstream-unreachable', 'code' in error ? String(error.code) : error.name);
        end('closed');
      });
    });
  }

  return {
    async upgrade(req, socket, head, job) {
      const failed = (reason: ForwardFailure, detail: string): UpgradeResult => {
        return { kind: 'failed', reason, detail, responseStarted: false };
      };
      const handshake = readHandshake(req);
      if (handshake.kind === 'bad') return failed('ambiguous-request', handshake.detail);
      if (socket.destroyed) return failed('client-gone', 'the client closed its socket');
      if (pending.size + open.size >= options.maxTunnels) {
        return failed('overloaded', `${options.maxTunnels} tunnels are open`);
      }
      return connect(req, socket, head, job, handshake);
    },
    closeAll(reason) {
      for (const abort of [...pending, ...open]) abort(reason);
    },
    stats: () => ({ open: open.size, pending: pending.size }),
  };
}

function groupByName(headers: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = (headers[i] ?? '').toLowerCase();
    groups.set(name, [...(groups.get(name) ?? []), headers[i + 1] ?? '']);
  }
  return groups;
}

/** The upstream's 101 as the client may see it. */
function switchingProtocols(raw: readonly string[], job: ForwardJob, place: CompiledPlace): string {
  const headers = [
    'connection',
    'Upgrade',
    'upgrade',
    'websocket',
    ...toClientHeaders(raw, job, place, { kind: 'none' }),
  ];
  let head = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let i = 0; i + 1 < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${head}\r\n`;
}
