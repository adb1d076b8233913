import type { Difference, ReplayReport } from './tally.js';

/** Bad lines that people are shown; `--json` has more. */
const SHOWN_LINES = 10;

/** The report for people. Paths are escaped by the parser that made them; no query is in it. */
export function renderReport(report: ReplayReport): string {
  const { requests, others, unreadable, decisions, differing, differences, notListed } = report;
  const width = Math.max(0, ...decisions.map(({ reason }) => reason.length));
  const shown = unreadable.lines.slice(0, SHOWN_LINES);
  const more = unreadable.count - shown.length;
  return [
    `${count(requests, 'request')} judged`,
    ...decisions.map(
      (one) => `  ${one.decision.padEnd(8)}  ${one.reason.padEnd(width)}  ${String(one.count).padStart(8)}`,
    ),
    ...(others === 0 ? [] : [`${count(others, 'record')} of something else than a request`]),
    ...(unreadable.count === 0 ? [] : [`${count(unreadable.count, 'line')} not read`]),
    ...shown.map(({ line, why }) => `  line ${line}: ${why}`),
    ...(unreadable.count > 0 && more > 0 ? [`  and ${more} more`] : []),
    `${differing.nowDenied} let in then and refused now, ${differing.nowAllowed} refused then and let in now`,
    ...differences.map((difference) => `  ${renderDifference(difference)}`),
    ...(notListed === 0 ? [] : [`  and ${notListed} of further kinds`]),
  ].join('\n');
}

function renderDifference(one: Difference): string {
  const { count: times, method, path, role, recorded, judged, rule, permission, firstLine } = one;
  const needs = judged.decision === 'deny' && permission !== null ? `, needs ${permission}` : '';
  return `${times} × ${method} ${path} as ${role ?? 'nobody'}: ${recorded.status} → ${judged.status} ${judged.reason} (rule ${rule ?? 'none'}${needs}; first in line ${firstLine})`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
