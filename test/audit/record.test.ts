import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CHAIN_START, chainRecord } from '../../src/audit/chain.js';
import { toAuditRecord } from '../../src/audit/record.js';
import type { RequestResult } from '../../src/audit/result.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { deniedOutcome, LOG_RULE, NOW_MS } from './samples.js';

const DENIED: RequestResult = { kind: 'denied', reason: 'insufficient-permission', statusCode: 403 };

describe('toAuditRecord', () => {
  it('says who was refused what, where and why', () => {
    expect(toAuditRecord(deniedOutcome(), DENIED, NOW_MS)).toEqual({
      '@timestamp': '2026-03-01T12:00:00.000Z',
      event: { action: 'request-denied', outcome: 'failure', reason: 'insufficient-permission' },
      user: { id: 'vic', email: 'vic@example.com' },
      auth_proxy: {
        request_id: 'req-1',
        principal_kind: 'user',
        workspace: 'data-team',
        deployment: 'quasarian-sun-1234',
        service: 'airflow',
        role: 'WORKSPACE_VIEWER',
        permission: 'deployment.airflow.taskLog.get',
        rule: 'task-log-page',
      },
      airflow: { dag_id: 'etl', task_id: 'load', map_index: '-1' },
      http: { request: { method: 'GET' }, response: { status_code: 403 } },
      url: { path: '/quasarian-sun-1234/airflow/log' },
      source: { ip: '192.0.2.7' },
    });
  });

  it('asserts a service account by the name that no person can wear', () => {
    const identity = {
      kind: 'authenticated',
      principal: { kind: 'service-account', id: 'ci', email: undefined, name: 'CI', groups: [] },
      credential: 'service-account-key',
      claims: {},
      expiresAt: undefined,
    } as const;
    const record = toAuditRecord(deniedOutcome({ identity }), DENIED, NOW_MS);
    expect(record.user).toEqual({ id: 'service-account:ci' });
    expect(record.auth_proxy.principal_kind).toBe('service-account');
  });

  it('records an allowed request as success with the reason of the decision', () => {
    const decision = {
      kind: 'allow',
      reason: 'permission-held',
      rule: LOG_RULE,
      permission: 'deployment.airflow.taskLog.get',
    } as const;
    const record = toAuditRecord(deniedOutcome({ decision }), { kind: 'forwarded', statusCode: 200 }, NOW_MS);
    expect(record.event).toEqual({
      action: 'request-forwarded',
      outcome: 'success',
      reason: 'permission-held',
    });
    expect(record.http.response.status_code).toBe(200);
  });

  it('gives the reason of the failure where the gate allowed and the upstream did not answer', () => {
    const decision = {
      kind: 'allow',
      reason: 'permission-held',
      rule: LOG_RULE,
      permission: undefined,
    } as const;
    const result = { kind: 'denied', reason: 'upstream-timeout', statusCode: 504 } as const;
    const record = toAuditRecord(deniedOutcome({ decision }), result, NOW_MS);
    expect(record.event).toEqual({
      action: 'request-denied',
      outcome: 'failure',
      reason: 'upstream-timeout',
    });
  });

  it('keeps why a credential was refused, and says nothing of a user', () => {
    const identity = {
      kind: 'rejected',
      code: 'bad-signature',
      detail: 'the signature does not fit',
    } as const;
    const record = toAuditRecord(deniedOutcome({ identity }), DENIED, NOW_MS);
    expect(record.auth_proxy.credential_error).toBe('bad-signature');
    expect(record).not.toHaveProperty('user');
    expect(JSON.stringify(record)).not.toContain('does not fit');
  });

  it('says more than the reason where the ending or the decision does', () => {
    const decision = {
      ...deniedOutcome().decision,
      kind: 'deny',
      reason: 'cross-site',
      detail: 'from b',
    } as const;
    const outcome = deniedOutcome({ decision });
    expect(toAuditRecord(outcome, DENIED, NOW_MS).auth_proxy.detail).toBe('from b');
    const ending = { ...DENIED, detail: 'connection refused' };
    expect(toAuditRecord(outcome, ending, NOW_MS).auth_proxy.detail).toBe('connection refused');
  });

  it('names the role sources that did not answer', () => {
    const bindings = { bindings: [], unavailable: ['redis'] };
    expect(toAuditRecord(deniedOutcome({ bindings }), DENIED, NOW_MS).auth_proxy.unavailable).toEqual([
      'redis',
    ]);
  });

  it('takes run and task from the route before the query, under one name each', () => {
    const match = {
      kind: 'matched',
      rule: LOG_RULE,
      params: {
        dag_id: 'etl',
        dag_run_id: 'manual__2026-01-01T00:00:00+00:00',
        file_token: 'abc',
        constructor: 'x',
      },
    } as const;
    const target = '/d/airflow/x?dag_id=other&dag_run_id=r2&value=hidden';
    expect(toAuditRecord(deniedOutcome({ match, target }), DENIED, NOW_MS).airflow).toEqual({
      dag_id: 'etl',
      run_id: 'manual__2026-01-01T00:00:00+00:00',
    });
  });

  it('shows both values of a key that came twice, because frameworks differ in which they read', () => {
    const target = '/d/airflow/log?dag_id=a&dag_id=b';
    expect(toAuditRecord(deniedOutcome({ target }), DENIED, NOW_MS).airflow).toEqual({ dag_id: 'a, b' });
  });

  it.each([
    ['a query', '/log?token=CANARY', '/log'],
    ['a fragment', '/log#CANARY', '/log'],
    ['an encoded question mark', '/log%3ftoken=CANARY', '/log'],
    ['a doubly encoded question mark', '/log%25253Ftoken=CANARY', '/log'],
    ['credentials of an absolute target', 'http://ada:CANARY@host/log', '//host/log'],
    ['credentials behind a backslash', 'http:\\\\ada:CANARY@host/log', '//host/log'],
    ['credentials of a network path', '//ada:CANARY@host/log', '//host/log'],
    ['credentials of an authority target', 'ada:CANARY@host:443', '//host:443'],
    ['a token in the path', '/x/eyJhbGciOiJub25lIn0.CANARY.CANARY/y', '/x/[token]/y'],
  ])('keeps %s of an ambiguous target out of the path', (_name, rawTarget, path) => {
    const record = toAuditRecord(deniedOutcome({ target: undefined, rawTarget }), DENIED, NOW_MS);
    expect(record.url.path).toBe(path);
  });

  it.each([
    ['a line break', '/log\r\nX: y', '/log\\x0D\\x0AX: y'],
    ['a terminal escape', '/\u001b[2Jlog', '/\\x1B[2Jlog'],
    ['a raw byte', '/caf\u00e9', '/caf\\xE9'],
    ['a bidi mark', '/\u202egol', '/\\u{202E}gol'],
    ['a backslash', '/a\\b', '/a\\\\b'],
    ['half a surrogate pair', '/\ud800', '/\\u{D800}'],
  ])('writes %s as visible ASCII', (_name, rawTarget, path) => {
    const record = toAuditRecord(deniedOutcome({ target: undefined, rawTarget }), DENIED, NOW_MS);
    expect(record.url.path).toBe(path);
  });

  it('cuts long fields and says how long they were', () => {
    const target = `/${'a'.repeat(9_999)}?dag_id=${'d'.repeat(300)}`;
    const record = toAuditRecord(deniedOutcome({ target }), DENIED, NOW_MS);
    expect(record.url.path).toBe(`/${'a'.repeat(2047)}[cut, 10000 characters]`);
    expect(record.airflow).toEqual({ dag_id: `${'d'.repeat(256)}[cut, 300 characters]` });
  });

  it('never throws, always makes one line of JSON in ASCII, and never holds a secret', () => {
    const secret = 'CANARY-7f3a';
    const bytes = fc.string({ unit: 'binary', maxLength: 60 });
    const query = fc
      .array(fc.tuple(fc.constantFrom('token', 'access_token', 'password', '_token', 'Dag_id', ''), bytes))
      .map((pairs) => pairs.map(([key, value]) => `&${key}=${value}${secret}`).join(''));
    const path = bytes.map((text) => `/${text.replaceAll('?', '')}`);
    const identity = fc.constantFrom<Outcome['identity']>(
      { kind: 'anonymous' },
      { kind: 'rejected', code: 'malformed', detail: secret },
      { kind: 'unverifiable', cause: secret },
      {
        kind: 'authenticated',
        principal: { kind: 'user', id: 'vic\u0000\u2028', email: undefined, name: secret, groups: [secret] },
        credential: 'bearer',
        claims: { secret },
        expiresAt: 1,
      },
    );
    fc.assert(
      fc.property(path, query, identity, bytes, fc.boolean(), (before, after, who, method, ambiguous) => {
        const rawTarget = `${before}?x=${secret}${after}`;
        const outcome = deniedOutcome({
          target: ambiguous ? undefined : rawTarget,
          rawTarget,
          identity: who,
          method,
        });
        const { line } = chainRecord(toAuditRecord(outcome, DENIED, NOW_MS), CHAIN_START);
        expect(line).toMatch(/^\{[\x20-\x7e]*\}$/);
        expect(line).not.toContain(secret);
        expect(JSON.parse(line)).toHaveProperty('auth_proxy.sequence', 1);
      }),
      { numRuns: 500 },
    );
  });
});
