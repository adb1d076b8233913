import { describe, expect, it } from '@jest/globals';
import type { RecordedRequest } from '../../../src/cli/replay/recorded.js';
import { renderReport } from '../../../src/cli/replay/render-report.js';
import { createTally, type Rejudged } from '../../../src/cli/replay/tally.js';

const recorded = (fields: Partial<RecordedRequest> = {}): RecordedRequest => ({
  method: 'GET',
  target: '/x?secret=1',
  host: undefined,
  status: 200,
  decision: 'allowed',
  caller: { kind: 'unsaid' },
  place: undefined,
  rule: undefined,
  ...fields,
});
const judged = (fields: Partial<Rejudged> = {}): Rejudged => ({
  decision: 'deny',
  reason: 'insufficient-permission',
  status: 403,
  role: 'WORKSPACE_VIEWER',
  rule: 'variables',
  permission: 'deployment.airflow.variable.get',
  path: '/x',
  ...fields,
});
const allowed = { decision: 'allow', reason: 'permission-held', status: 200 } as const;

describe('what a replay counts', () => {
  it('is a difference only where what was let in would be refused, or the other way round', () => {
    const tally = createTally();
    tally.countRequest(1, recorded(), judged());
    tally.countRequest(2, recorded({ status: 403, decision: 'denied' }), judged());
    tally.countRequest(3, recorded({ status: 403, decision: 'denied' }), judged(allowed));
    tally.countRequest(4, recorded({ status: 404, decision: 'neither' }), judged());
    tally.countRequest(
      5,
      recorded({ method: 'OPTIONS' }),
      judged({ decision: 'answered', reason: 'options' }),
    );
    tally.countRequest(6, recorded(), judged(allowed));
    const report = tally.report();
    expect(report.requests).toBe(6);
    expect(report.differing).toEqual({ nowDenied: 1, nowAllowed: 1 });
    expect(report.decisions).toEqual([
      { decision: 'deny', reason: 'insufficient-permission', count: 3 },
      { decision: 'allow', reason: 'permission-held', count: 2 },
      { decision: 'answered', reason: 'options', count: 1 },
    ]);
    expect(report.differences).toEqual([
      {
        count: 1,
        firstLine: 1,
        method: 'GET',
        path: '/x',
        role: 'WORKSPACE_VIEWER',
        rule: 'variables',
        permission: 'deployment.airflow.variable.get',
        recorded: { decision: 'allowed', status: 200 },
        judged: { decision: 'deny', reason: 'insufficient-permission', status: 403 },
      },
      expect.objectContaining({ firstLine: 3, judged: allowed }),
    ]);
  });

  it('puts differences of one kind together, most frequent first', () => {
    const tally = createTally();
    tally.countRequest(1, recorded({ method: 'POST' }), judged());
    for (const line of [2, 3, 4]) tally.countRequest(line, recorded(), judged());
    expect(tally.report().differences.map(({ count, firstLine }) => [count, firstLine])).toEqual([
      [3, 2],
      [1, 1],
    ]);
  });

  it('stays bounded whatever the log holds', () => {
    const tally = createTally();
    for (let line = 1; line <= 700; line++) {
      tally.countRequest(line, recorded(), judged({ path: `/${line}`, rule: undefined }));
      tally.countUnreadable(line, 'not JSON');
    }
    const report = tally.report();
    expect(report.differences).toHaveLength(500);
    expect(report.notListed).toBe(200);
    expect(report.differing.nowDenied).toBe(700);
    expect(report.unreadable.count).toBe(700);
    expect(report.unreadable.lines).toHaveLength(100);
  });

  it('reads well, without a query', () => {
    const tally = createTally();
    tally.countRequest(1, recorded(), judged());
    tally.countRequest(
      2,
      recorded({ decision: 'denied', status: 401 }),
      judged({ ...allowed, role: undefined }),
    );
    tally.countUnreadable(3, 'not JSON');
    tally.countOther();
    expect(renderReport(tally.report()).split('\n')).toEqual([
      '2 requests judged',
      '  deny      insufficient-permission         1',
      '  allow     permission-held                 1',
      '1 record of something else than a request',
      '1 line not read',
      '  line 3: not JSON',
      '1 let in then and refused now, 1 refused then and let in now',
      '  1 × GET /x as WORKSPACE_VIEWER: 200 → 403 insufficient-permission (rule variables, needs deployment.airflow.variable.get; first in line 1)',
      '  1 × GET /x as nobody: 401 → 200 permission-held (rule variables; first in line 2)',
    ]);
  });
});
