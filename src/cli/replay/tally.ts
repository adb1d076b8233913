import { escapeAscii } from '../../audit/field.js';
import type { DenyReason } from '../../domain/denial.js';
import type { RecordedRequest } from './recorded.js';

/** What became of one request of the log under this configuration. */
export interface Rejudged {
  readonly decision: 'allow' | 'deny' | 'answered';
  readonly reason: string | DenyReason;
  readonly status: number;
  readonly role: string | undefined;
  readonly rule: string | undefined;
  readonly permission: string | undefined;
  /** The pattern of the rule, else the path; never a query. */
  readonly path: string;
}

/** Requests that were let in and would be refused, or the other way round, in groups of one kind. */
export interface Difference {
  readonly count: number;
  readonly firstLine: number;
  readonly method: string;
  readonly path: string;
  readonly role: string | null;
  readonly rule: string | null;
  readonly permission: string | null;
  readonly recorded: { readonly decision: 'allowed' | 'denied'; readonly status: number };
  readonly judged: { readonly decision: 'allow' | 'deny'; readonly reason: string; readonly status: number };
}

export interface ReplayReport {
  /** Requests judged. */
  readonly requests: number;
  /** Sound records that are no requests, like sign-ins. */
  readonly others: number;
  readonly unreadable: { readonly count: number; readonly lines: readonly NamedLine[] };
  readonly decisions: readonly {
    readonly decision: string;
    readonly reason: string;
    readonly count: number;
  }[];
  readonly differing: { readonly nowDenied: number; readonly nowAllowed: number };
  readonly differences: readonly Difference[];
  /** Differing requests of further kinds, which are counted only. */
  readonly notListed: number;
}

export interface NamedLine {
  readonly line: number;
  readonly why: string;
}

/** Names so many bad lines and kinds of difference, whatever the log holds. */
const MAX_NAMED_LINES = 100;
const MAX_DIFFERENCES = 500;

/** Counts in bounded memory. */
export function createTally() {
  const named: NamedLine[] = [];
  const decisions = new Map<string, { decision: string; reason: string; count: number }>();
  const differences = new Map<string, { count: number } & Difference>();
  const counts = { requests: 0, others: 0, unreadable: 0, nowDenied: 0, nowAllowed: 0, notListed: 0 };

  function countDifference(line: number, recorded: RecordedRequest, judged: Rejudged): void {
    if (recorded.decision === 'neither' || judged.decision === 'answered') return;
    if ((recorded.decision === 'allowed') === (judged.decision === 'allow')) return;
    counts[judged.decision === 'deny' ? 'nowDenied' : 'nowAllowed'] += 1;
    const { decision, reason, status, role, rule, permission, path } = judged;
    const key = JSON.stringify([recorded.method, path, rule, role, recorded.status, reason, permission]);
    const known = differences.get(key);
    if (known !== undefined) known.count += 1;
    else if (differences.size >= MAX_DIFFERENCES) counts.notListed += 1;
    else
      differences.set(key, {
        count: 1,
        firstLine: line,
        method: escapeAscii(recorded.method),
        path,
        role: role ?? null,
        rule: rule ?? null,
        permission: permission ?? null,
        recorded: { decision: recorded.decision, status: recorded.status },
        judged: { decision, reason, status },
      });
  }

  return {
    countUnreadable(line: number, why: string): void {
      counts.unreadable += 1;
      if (named.length < MAX_NAMED_LINES) named.push({ line, why });
    },
    countOther(): void {
      counts.others += 1;
    },
    countRequest(line: number, recorded: RecordedRequest, judged: Rejudged): void {
      counts.requests += 1;
      const { decision, reason } = judged;
      const key = `${decision} ${reason}`;
      const known = decisions.get(key) ?? { decision, reason, count: 0 };
      decisions.set(key, { ...known, count: known.count + 1 });
      countDifference(line, recorded, judged);
    },
    report: (): ReplayReport => ({
      requests: counts.requests,
      others: counts.others,
      unreadable: { count: counts.unreadable, lines: named },
      decisions: [...decisions.values()].sort((a, b) => b.count - a.count),
      differing: { nowDenied: counts.nowDenied, nowAllowed: counts.nowAllowed },
      differences: [...differences.values()].sort((a, b) => b.count - a.count),
      notListed: counts.notListed,
    }),
  };
}

export type Tally = ReturnType<typeof createTally>;
