import { type RecordMode, shouldRecord } from '../../audit/policy.js';
import { toAuditRecord } from '../../audit/record.js';
import type { AuditSink } from '../../audit/sink.js';
import type { Outcome } from '../../domain/outcome.js';
import type { Recent } from '../../http/home/recent.js';
import type { Ending } from '../../http/public/ending.js';
import type { Log } from '../../observe/log.js';
import type { Metrics } from '../../observe/metrics.js';

export interface ConcludeOptions {
  readonly record: RecordMode;
  readonly audit: AuditSink;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly recent?: Recent | undefined;
}

/** What is kept of a request once it has ended: its metrics, and its one audit record. */
export function createConclude({ record, audit, metrics, log, recent }: ConcludeOptions) {
  return function conclude(outcome: Outcome, ending: Ending, startedAtMs: number): void {
    recent?.note(outcome, ending);
    const kind = ending.kind === 'denied' ? 'deny' : 'allow';
    // Where we answered in the upstream's place, nobody was let in and nobody refused.
    if (ending.kind !== 'answered') {
      const reason = ending.kind === 'denied' ? ending.reason : outcome.decision.reason;
      metrics.countDecision({ place: outcome.place, outcome: kind, reason });
    }
    metrics.observeRequest(outcome.place, kind, (performance.now() - startedAtMs) / 1000);
    if (ending.kind === 'forwarded' && ending.upstreamMs !== undefined && outcome.place !== undefined) {
      metrics.observeUpstream(outcome.place, ending.upstreamMs / 1000);
    }
    if (!shouldRecord(record, outcome, ending)) return;
    if (audit.write(toAuditRecord(outcome, ending, Date.now())) === 'dropped') {
      log.error('an audit record was dropped: the queue is full', { requestId: outcome.requestId });
    }
  };
}
