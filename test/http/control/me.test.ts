import { describe, expect, it } from '@jest/globals';
import type { Identity } from '../../../src/domain/identity.js';
import { ADA, control, REJECTED } from './harness.js';

describe('GET /.auth/me', () => {
  it('says who the caller is and where they hold which role', async () => {
    const answer = await control({ identity: ADA }).agent.get('/.auth/me');
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      '{"kind":"user","id":"ada","email":"ada@example.com","name":"Ada",' +
        '"deployments":[{"id":"quasarian-sun-1234","workspace":"data-team","role":"WORKSPACE_EDITOR"}]}',
    );
  });

  it('knows service accounts by their bare id', async () => {
    const identity: Identity = {
      ...ADA,
      principal: { kind: 'service-account', id: 'ci', email: undefined, name: undefined, groups: [] },
    };
    const { body } = await control({ identity }).agent.get('/.auth/me');
    expect(body).toMatchObject({ kind: 'service-account', id: 'ci', email: null, name: null });
  });

  it.each<[string, Identity, number, string]>([
    ['nobody', { kind: 'anonymous' }, 401, 'no-credential'],
    ['a refused credential', REJECTED, 401, 'bad-credential'],
    ['two credentials', { kind: 'ambiguous', detail: 'header and cookie' }, 400, 'ambiguous-credential'],
    [
      'a credential that cannot be checked',
      { kind: 'unverifiable', cause: 'x' },
      503,
      'identity-unavailable',
    ],
  ])('answers %s as every other door does, in JSON', async (_name, identity, status, reason) => {
    const answer = await control({ identity }).agent.get('/.auth/me').set('accept', 'text/html');
    expect(answer.status).toBe(status);
    expect(answer.headers['x-auth-proxy-reason']).toBe(reason);
    expect(answer.body).toMatchObject({ reason, request_id: 'req-1' });
    expect('www-authenticate' in answer.headers).toBe(status < 500);
  });

  it('gives no half of a list while a role source is away', async () => {
    const answer = await control({
      identity: ADA,
      deploymentsOf: async () => ({ kind: 'unavailable' }),
    }).agent.get('/.auth/me');
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({ 'retry-after': '5', 'x-auth-proxy-reason': 'role-unavailable' });
  });
});
