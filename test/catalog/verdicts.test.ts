import { describe, expect, it } from '@jest/globals';
import { LEVELS } from '../../src/domain/role.js';
import { release } from './catalogs.js';
import { AIRFLOW_1_VERDICTS } from './verdicts/airflow-1.js';
import { AIRFLOW_2_VERDICTS } from './verdicts/airflow-2.js';
import { AIRFLOW_3_VERDICTS } from './verdicts/airflow-3.js';
import { FLOWER_VERDICTS } from './verdicts/flower.js';
import type { Verdicts, Who } from './verdicts/verdicts.js';

const ALL: readonly Verdicts[] = [
  ...AIRFLOW_1_VERDICTS,
  ...AIRFLOW_2_VERDICTS,
  ...AIRFLOW_3_VERDICTS,
  ...FLOWER_VERDICTS,
];

describe.each(ALL)('$about', ({ product, versions, rows }) => {
  it.each(versions)('as version %s', (version) => {
    const { allowed, match } = release(product, version);
    const lines = rows.trim().split(/\n\s*/);
    const given = lines.map((line) => {
      const [, method = '', target = ''] = line.split(' ');
      const found = match(method, target);
      const lowest = found.kind === 'matched' ? lowestOf(allowed(method, target)) : unmatched(found.kind);
      return `${lowest} ${method} ${target}`;
    });
    expect(given).toEqual(lines);
  });
});

describe('Flower beside Airflow 3', () => {
  it.each([
    ['/tasks', ['ADMIN']],
    ['/tasks/datatable', ['ADMIN']],
    ['/task/1234', ['ADMIN']],
    ['/worker/celery@host', ['ADMIN']],
    ['/api/workers', ['ADMIN']],
    ['/api/task/info/1234', ['ADMIN']],
    ['/workers', ['VIEWER', 'EDITOR', 'ADMIN']],
    ['/broker', ['VIEWER', 'EDITOR', 'ADMIN']],
  ])('shows %s to %j, because arguments hold a live token', (target, levels) => {
    expect(release('flower', '2.2', '3.3').allowed('GET', target)).toEqual(levels);
  });
});

describe('what a rule says beside its permission', () => {
  it.each([
    ['a write by GET', '2.11', 'GET', '/parseDagFile/token', { effect: 'write' }],
    ['a trigger page that triggers', '2.7', 'GET', '/dags/d/trigger', { effect: 'write' }],
    ['a trigger page that only shows a form', '2.8', 'GET', '/dags/d/trigger', { effect: 'form' }],
    ['an old view that deletes by GET', '2.11', 'GET', '/variable/delete/1', { effect: 'write' }],
    ['a form', '2.11', 'GET', '/variable/add', { effect: 'form' }],
    ['its target', '2.11', 'POST', '/variable/add', { effect: 'write' }],
    ['a read by POST', '2.11', 'POST', '/dag_stats', { effect: 'read' }],
    ['an upload', '2.11', 'POST', '/variable/varimport', { multipart: true }],
    ['an export of secrets', '2.11', 'POST', '/variable/action_post', { effect: 'write' }],
    ['the audit log where only the Admin may', '2.9', 'GET', '/log/list/', { nativeRole: 'Admin' }],
    ['the audit log where every role may', '2.8.1', 'GET', '/log/list/', { nativeRole: undefined }],
    ['reschedules', '2.11', 'GET', '/taskreschedule/list/', { nativeRole: 'Admin' }],
    ['the configuration', '2.11', 'GET', '/configuration', { nativeRole: 'Op' }],
    ['a backfill of 3.0', '3.0', 'POST', '/api/v2/backfills', { nativeRole: 'Op' }],
    ['a backfill of 3.1', '3.1', 'POST', '/api/v2/backfills', { nativeRole: 'User' }],
    ['an asset event', '3.3', 'POST', '/api/v2/assets/events', { nativeRole: 'Op' }],
    ['a task log', '3.3', 'GET', '/api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1', { stream: 'response' }],
    ['a wait for a run', '3.3', 'GET', '/api/v2/dags/d/dagRuns/r/wait?result=t', { stream: 'response' }],
    ['the menus', '3.3', 'GET', '/ui/auth/menus', { id: 'ui-menus' }],
    ['health', '3.3', 'GET', '/api/v2/monitor/health', { id: 'health', public: true }],
    ['version', '2.11', 'GET', '/api/v1/version', { id: 'version', public: true }],
    ['static files', '1.10', 'GET', '/static/x.js', { id: 'static', public: true }],
    ['the native sign-in', '3.3', 'GET', '/auth/login', { id: 'sign-in', never: true }],
    ['the native sign-out', '2.11', 'POST', '/logout/', { id: 'sign-out', never: true }],
  ])('%s', (_, version, method, target, expected) => {
    expect(release('airflow', version).ruleOf(method, target)).toMatchObject(expected);
  });

  it('lets a socket through for the events of Flower 1.0 alone', () => {
    const target = '/api/task/events/task-sent/';
    expect(release('flower', '1.0').ruleOf('GET', target)?.stream).toBe('socket');
    expect(release('flower', '1.1').ruleOf('GET', target)).toBeUndefined();
  });

  it('refuses a `result` given twice, of which two servers could take another one', () => {
    const target = '/api/v2/dags/d/dagRuns/r/wait?result=&result=t';
    expect(release('airflow', '3.3').match('GET', target).kind).toBe('ambiguous');
  });
});

function lowestOf(levels: readonly string[]): Who {
  const lowest = LEVELS.find((level) => levels.includes(level));
  return lowest ?? 'nobody';
}

function unmatched(kind: string): string {
  return kind === 'unmatched' ? 'unknown' : kind;
}
