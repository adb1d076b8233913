import type { IncomingMessage, ServerResponse } from 'node:http';
import { exchange } from './exchange.js';
import type { ForwardJob, ForwardResult, ServicePlace } from './job.js';
import { createLiveStreams, type LiveStreams } from './live-streams.js';
import { compilePlace } from './place.js';
import { createUpstream, type UpstreamOptions } from './upstream.js';

export interface ForwardOptions {
  readonly upstream: UpstreamOptions;
  readonly place: ServicePlace;
  /** Shared by all services of a process; a registry of its own by default. */
  readonly streams?: LiveStreams | undefined;
}

export interface Forward {
  /**
   * Carries one judged request upstream and its answer back; never rejects.
   *
   * `failed` with `responseStarted: false`: nothing was written, the caller answers, and does so in the same turn or
   * soon: what is left of a request body is being thrown away meanwhile. `responseStarted: true`: the client's socket
   * is destroyed, since an unfinished answer must not look finished.
   */
  forward(req: IncomingMessage, res: ServerResponse, job: ForwardJob): Promise<ForwardResult>;
  /** Lets running requests finish, refuses new ones. End the running ones with `LiveStreams.abortAll`. */
  close(): Promise<void>;
  stats(): { readonly open: number; readonly busy: number; readonly waiting: number };
}

/**
 * One service's way upstream. Trusted here: the job, all of it. Not trusted: the caller's headers and body, and
 * everything the upstream says. Throws {@link AuthProxyError} `upstream` on bad options.
 */
export function createForward(options: ForwardOptions): Forward {
  const upstream = createUpstream(options.upstream);
  const context = {
    upstream,
    place: compilePlace(options.place, options.upstream.origin),
    streams: options.streams ?? createLiveStreams(),
    bodyLimitBytes: options.upstream.bodyLimitBytes,
    idleTimeoutMs: options.upstream.idleTimeoutMs,
  };
  return {
    forward: (req, res, job) => exchange(req, res, job, context),
    close: upstream.close,
    stats: upstream.stats,
  };
}
