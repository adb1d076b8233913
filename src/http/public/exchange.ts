import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from '../../domain/outcome.js';
import type { Surface } from '../answers/negotiate.js';
import type { Arrival } from './arrival.js';

/** One request as far as it is known, while it is answered. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly arrival: Arrival;
  outcome: Outcome;
  surface: Surface;
}
