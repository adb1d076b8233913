import { describe, expect, it } from '@jest/globals';
import { toSessionRecord } from '../../src/audit/session.js';
import { NOW_MS } from './samples.js';

describe('toSessionRecord', () => {
  it('says who signed in', () => {
    const record = toSessionRecord(
      {
        kind: 'sign-in',
        outcome: 'success',
        reason: 'development-sign-in',
        principal: { kind: 'user', id: 'ada', email: 'ada@example.com', name: 'Ada', groups: ['x'] },
        requestId: 'req-1',
        method: 'POST',
        path: '/.auth/login?rd=/secret',
        statusCode: 303,
        sourceIp: '192.0.2.7',
      },
      NOW_MS,
    );
    expect(record).toEqual({
      '@timestamp': '2026-03-01T12:00:00.000Z',
      event: { action: 'sign-in', outcome: 'success', reason: 'development-sign-in' },
      user: { id: 'ada', email: 'ada@example.com' },
      auth_proxy: { request_id: 'req-1', principal_kind: 'user' },
      http: { request: { method: 'POST' }, response: { status_code: 303 } },
      url: { path: '/.auth/login' },
      source: { ip: '192.0.2.7' },
    });
  });

  it('has no user where nobody was known', () => {
    const record = toSessionRecord(
      {
        kind: 'sign-out',
        outcome: 'failure',
        reason: 'cross-site',
        principal: undefined,
        requestId: 'req-2',
        method: 'POST',
        path: '/.auth/logout',
        statusCode: 403,
        sourceIp: undefined,
      },
      NOW_MS,
    );
    expect(record).not.toHaveProperty('user');
    expect(record).not.toHaveProperty('source');
    expect(record.event).toEqual({ action: 'sign-out', outcome: 'failure', reason: 'cross-site' });
  });
});
