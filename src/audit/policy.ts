import type { Outcome } from '../domain/outcome.js';
import type { RequestResult } from './result.js';

/** What is recorded. `denied`: all the upstream did not answer. `writes`: allowed writes too. `all`: every request. */
export type RecordMode = 'denied' | 'writes' | 'all';

/**
 * Whether a request leaves a record. What the upstream did not answer always does, in every mode (law 7); the mode
 * only adds to that.
 */
export function shouldRecord(mode: RecordMode, outcome: Outcome, result: RequestResult): boolean {
  if (result.kind !== 'forwarded') return true;
  switch (mode) {
    case 'denied':
      return false;
    case 'writes':
      return outcome.decision.rule?.effect === 'write';
    case 'all':
      return true;
    default:
      return mode satisfies never;
  }
}
