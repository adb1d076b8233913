import type { Duplex } from 'node:stream';
import type { DenyReason } from '../../domain/denial.js';

/** What the client waits for before it sends its body (RFC 9110 10.1.1), and what node's parser left of it. */
export type Expectation = 'none' | 'continue' | 'unmet' | 'body-lost';

/** A socket that node took off its parser, and what came behind the head. */
export interface Detached {
  readonly socket: Duplex;
  readonly head: Buffer;
  /** Takes the socket from the response, which then writes nothing more. */
  readonly release: () => void;
  /** No tunnel: what else the client sends is thrown away, so that its leaving is noticed. */
  readonly ignoreRest: () => void;
}

/** How a request came in. */
export interface Arrival {
  readonly expectation: Expectation;
  readonly detached?: Detached | undefined;
  /** What was wrong with its body, where the parser gave up in the middle of it; the client was told. */
  readonly brokenBy: () => DenyReason | undefined;
}
