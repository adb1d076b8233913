import { describe, expect, it } from '@jest/globals';
import { ADA, control, ORIGIN } from './harness.js';

describe('createControlRoutes', () => {
  it.each(['/.auth', '/.auth/', '/.auth/nope', '/.auth/me/', '/.auth/ME', '/.auth/assets/x.css', '/other'])(
    'does not know %s',
    async (path) => {
      const answer = await control().agent.get(path);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ detail: 'not found' });
    },
  );

  it.each([
    ['/.auth/me', 'GET, HEAD'],
    ['/.auth/jwks.json', 'GET, HEAD'],
    ['/.auth/login', 'GET, HEAD, POST'],
    ['/.auth/logout', 'GET, HEAD, POST'],
  ])('answers %s to %s only', async (path, allow) => {
    const answer = await control().agent.delete(path);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(allow);
  });

  it.each(['/.auth/me', '/.auth/jwks.json', '/.auth/login', '/.auth/logout', '/.auth/nope'])(
    'answers %s safely: not cached, with the request id, unnamed server',
    async (path) => {
      const { headers } = await control({ identity: ADA }).agent.get(path);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-request-id': 'req-1',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('etag');
      expect(headers).not.toHaveProperty('strict-transport-security');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('routes the target that was judged, not the one that was sent', async () => {
    const answer = await control(
      { identity: ADA },
      { target: '/.auth/me', basePath: '/d/airflow' },
    ).agent.get('/d/airflow/%2eauth/me');
    expect(answer.status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const answer = await control({ identity: ADA }).agent.head('/.auth/me');
    expect(answer.status).toBe(200);
    expect(answer.text).toBeFalsy();
  });

  it('refuses a form longer than one of ours', async () => {
    const answer = await control()
      .agent.post('/.auth/login')
      .set('origin', ORIGIN)
      .type('form')
      .send(`person=${'a'.repeat(5000)}`);
    expect(answer.status).toBe(413);
    expect(answer.headers['x-auth-proxy-reason']).toBe('body-too-long');
  });

  it('refuses a form in an encoding it does not know', async () => {
    const answer = await control()
      .agent.post('/.auth/login')
      .set('content-type', 'application/x-www-form-urlencoded; charset=utf-7')
      .send('person=ada');
    expect(answer.status).toBe(400);
    expect(answer.headers['x-auth-proxy-reason']).toBe('ambiguous-request');
  });

  it('fails closed and without details when something is thrown, and reports it', async () => {
    const error = new Error('secret');
    const { agent, failures } = control({ identify: () => Promise.reject(error) });
    const answer = await agent.get('/.auth/me');
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('secret');
    expect(failures).toEqual([error]);
  });
});
