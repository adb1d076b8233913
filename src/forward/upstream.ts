import type { Readable } from 'node:stream';
import { Client, type Dispatcher } from 'undici';
import { AuthProxyError } from '../domain/errors.js';
import type { Method } from '../domain/route.js';
import { createLines, type Line, type Lines, type Seeker } from './lines.js';
import { originOf } from './place.js';
import { failureOf, isBroken, type UpstreamFailure } from './upstream-failure.js';

/** How one upstream is reached. */
export interface UpstreamOptions {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  /** From the request's last byte to the answer's head; also how long a request waits for a free connection. */
  readonly firstByteTimeoutMs: number;
  /** Between two pieces of a body, in either direction. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  /** How many more may wait for a connection; above that, `overloaded`. Default: eight times `maxConnections`. */
  readonly maxWaiting?: number | undefined;
  /** 0 = no limit. */
  readonly bodyLimitBytes: number;
  /** False: a connection for each request, so that no answer can ever reach the wrong caller (threats R6). */
  readonly keepAlive: boolean;
}

export interface UpstreamRequest {
  readonly target: string;
  readonly method: Method;
  /** Name, value, name, value …; see `toUpstreamHeaders`. */
  readonly headers: string[];
  readonly body: Readable | undefined;
  /** Declared length of `body`; undefined sends it chunked. */
  readonly bodyBytes: number | undefined;
}

/** Called in this order: `head`, `data`…, then one of `end`, `failed`. `failed` may come at any time, and ends it. */
export interface UpstreamEvents {
  head(status: number, raw: string[]): void;
  data(chunk: Buffer): void;
  end(): void;
  failed(failure: UpstreamFailure, detail: string): void;
}

export interface UpstreamCall {
  /** Ends it now, with `failed('aborted')`; the connection is not used again. */
  abort(): void;
  pause(): void;
  resume(): void;
}

export interface Upstream {
  send(request: UpstreamRequest, events: UpstreamEvents): UpstreamCall;
  /** Lets running requests finish and refuses new ones. */
  close(): Promise<void>;
  /** `open` connections, `busy` requests, `waiting` requests. */
  stats(): { readonly open: number; readonly busy: number; readonly waiting: number };
}

/** Gunicorn drops an idle connection after 2 s, uvicorn after 5 s; ours has to be the shorter one. */
const KEEP_ALIVE_MS = 1500;
const MAX_HEADER_BYTES = 32 * 1024;
/** More 1xx than any server has a use for; each of them restarts the first-byte timeout. */
const MAX_INFORMATIONAL = 8;

/** One connection at most; `served` counts the requests written on the current one. */
interface Connection extends Line {
  readonly client: Client;
  open: boolean;
  served: number;
}

interface Call extends UpstreamCall, Seeker<Connection> {
  /** Gives up when no line was free for so long. */
  expire(afterMs: number): void;
  refuse(detail: string): void;
}

/**
 * Connections to one upstream over undici, one request at a time on each. It keeps its own lines instead of undici's
 * `Pool` for three things a pool does not tell: whether a request went out on a reused connection (the only case in
 * which it may be repeated), a bounded queue that a caller who left drops out of, and exact counts.
 *
 * A GET or HEAD is sent a second time, once, when a reused connection broke before any byte of an answer; nothing
 * else ever is: a POST might run a DAG twice. Throws {@link AuthProxyError} `upstream` on bad options.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const origin = validated(options);
  const maxWaiting = options.maxWaiting ?? options.maxConnections * 8;
  const lines = createLines(() => openConnection(origin, options), {
    max: options.maxConnections,
    maxWaiting,
  });
  let closing: Promise<void> | undefined;

  async function finish(): Promise<void> {
    await lines.whenIdle();
    await Promise.all(lines.all().map((line) => line.client.close()));
  }

  return {
    send(request, events) {
      const call = createCall(request, events, lines);
      if (closing !== undefined) {
        call.refuse('this service is shutting down');
        return call;
      }
      const place = lines.seek(call);
      if (place === 'waiting') call.expire(options.firstByteTimeoutMs);
      if (place === 'full') {
        call.refuse(`all ${options.maxConnections} connections are busy and ${maxWaiting} requests wait`);
      }
      return call;
    },
    close() {
      closing ??= finish();
      return closing;
    },
    stats: () => ({ open: lines.all().filter((line) => line.open).length, ...lines.stats() }),
  };
}

function openConnection(origin: string, options: UpstreamOptions): Connection {
  const line: Connection = {
    open: false,
    served: 0,
    dead: false,
    client: new Client(origin, {
      pipelining: options.keepAlive ? 1 : 0,
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      keepAliveTimeoutThreshold: 500,
      maxHeaderSize: MAX_HEADER_BYTES,
    }),
  };
  line.client.on('connect', () => {
    line.open = true;
    line.served = 0;
  });
  line.client.on('disconnect', () => {
    line.open = false;
  });
  return line;
}

function createCall(request: UpstreamRequest, events: UpstreamEvents, lines: Lines<Connection>): Call {
  let controller: Dispatcher.DispatchController | undefined;
  let used: Connection | undefined;
  let state: 'waiting' | 'running' | 'settled' = 'waiting';
  let attempts = 0;
  let expiry: NodeJS.Timeout | undefined;

  function fail(failure: UpstreamFailure, detail: string): void {
    if (state === 'settled') return;
    if (state === 'waiting') lines.leave(call);
    state = 'settled';
    clearTimeout(expiry);
    events.failed(failure, detail);
  }

  /**
   * The client goes with its connection. Aborting the request alone makes undici open another connection for nothing,
   * and an idle one keeps a sync worker of gunicorn from everybody else.
   */
  function cut(): void {
    if (used === undefined || used.dead) return;
    used.dead = true;
    void used.client.destroy(new Error('aborted'));
  }

  function dispatch(line: Connection): void {
    used = line;
    attempts += 1;
    // True as well when the connection breaks before the request was written on it.
    let reused = line.open;
    let informational = 0;
    /** No byte of an answer yet. */
    let silent = true;
    const headers =
      request.bodyBytes === undefined
        ? request.headers
        : [...request.headers, 'content-length', String(request.bodyBytes)];
    line.client.dispatch(
      {
        path: request.target,
        method: request.method,
        headers,
        body: request.body ?? null,
        // undici must neither repeat nor pipeline by itself.
        idempotent: false,
      },
      {
        onRequestStart(started) {
          controller = started;
          reused = line.served > 0;
          line.served += 1;
        },
        onResponseStarted() {
          silent = false;
        },
        onResponseStart(started, status) {
          if (state === 'settled') return;
          if (status >= 200) return events.head(status, rawHeadersOf(started));
          informational += 1;
          if (status !== 101 && informational <= MAX_INFORMATIONAL) return;
          fail(
            'invalid',
            status === 101 ? 'it switched protocols unasked' : 'it sends nothing but 1xx answers',
          );
          cut();
        },
        onResponseData(_started, chunk) {
          if (state !== 'settled') events.data(chunk);
        },
        onResponseEnd() {
          used = undefined;
          lines.release(line);
          if (state === 'settled') return;
          state = 'settled';
          events.end();
        },
        onResponseError(_started, error) {
          used = undefined;
          controller = undefined;
          const broken = { ...failureOf(error, silent), retry: silent && reused && isBroken(error) };
          // Later, since undici is in the middle of tidying up the connection that failed.
          setImmediate(() => {
            const repeat = broken.retry && attempts === 1 && state === 'running' && isRepeatable(request);
            if (repeat) return dispatch(line);
            lines.release(line);
            fail(broken.failure, broken.detail);
          });
        },
      },
    );
  }

  const call: Call = {
    run(line) {
      clearTimeout(expiry);
      state = 'running';
      dispatch(line);
    },
    expire(afterMs) {
      expiry = setTimeout(
        () => fail('overloaded', `waited ${afterMs} ms for a free connection`),
        afterMs,
      ).unref();
    },
    refuse: (detail) => fail('overloaded', detail),
    abort() {
      fail('aborted', 'aborted');
      cut();
    },
    pause: () => controller?.pause(),
    resume: () => controller?.resume(),
  };
  return call;
}

function isRepeatable(request: UpstreamRequest): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && request.body === undefined;
}

function rawHeadersOf(controller: Dispatcher.DispatchController): string[] {
  const raw = controller.rawHeaders;
  return Array.isArray(raw)
    ? raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
    : [];
}

function validated(options: UpstreamOptions): string {
  const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, maxConnections } = options;
  const positive = { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, maxConnections };
  const natural = { bodyLimitBytes: options.bodyLimitBytes, maxWaiting: options.maxWaiting ?? 0 };
  for (const [name, value] of Object.entries({ ...positive, ...natural })) {
    if (!Number.isSafeInteger(value) || value < (name in positive ? 1 : 0)) {
      throw new AuthProxyError('upstream', `${name} of an upstream must be a whole number, not \`${value}\``);
    }
  }
  return originOf(options.origin, 'upstream');
}
