import { describe, expect, it } from '@jest/globals';
import { ADA, control, ORIGIN } from './harness.js';

const PLATFORM = {
  url: 'https://platform.example.com/login',
  returnParam: 'rd',
  logoutUrl: 'https://platform.example.com/logout',
};

describe('GET /.auth/logout', () => {
  it('asks first and signs nobody out', async () => {
    const { agent, events } = control({ identity: ADA }, { basePath: '/d/airflow' });
    const answer = await agent.get('/.auth/logout');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('You are signed in as <strong><bdi>Ada</bdi></strong>.');
    expect(answer.text).toContain('<form method="post" action="/d/airflow/.auth/logout">');
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(events).toEqual([]);
  });

  it('lets its form lead on to the platform’s sign-out, which Chromium holds against the policy', async () => {
    const answer = await control({ platform: PLATFORM }).agent.get('/.auth/logout');
    expect(answer.headers['content-security-policy']).toContain(
      "form-action 'self' https://platform.example.com;",
    );
  });
});

describe('POST /.auth/logout', () => {
  it('clears our cookies and those Airflow may have left, and leaves a record', async () => {
    const { agent, events } = control({ identity: ADA, cookieNames: ['platform_token', 'older_token'] });
    const answer = await agent.post('/.auth/logout').set('origin', ORIGIN);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<h1>You are signed out</h1>');
    expect(answer.headers['set-cookie']).toEqual(
      [
        'platform_token=; Path=/;',
        'older_token=; Path=/;',
        '__auth_proxy_login=; Path=/;',
        'session=; Path=/;',
        '_token=; Path=/;',
        'session=; Path=/quasarian-sun-1234/airflow;',
        '_token=; Path=/quasarian-sun-1234/airflow;',
      ].map((start) => `${start} Max-Age=0; HttpOnly; SameSite=Lax`),
    );
    expect(events).toEqual([
      {
        kind: 'sign-out',
        outcome: 'success',
        reason: 'signed-out',
        principal: ADA.principal,
        requestId: 'req-1',
        method: 'POST',
        path: '/.auth/logout',
        statusCode: 200,
        sourceIp: '192.0.2.7',
      },
    ]);
  });

  it('leads on to the platform’s sign-out', async () => {
    const { agent, events } = control({ identity: ADA, platform: PLATFORM });
    const answer = await agent.post('/.auth/logout').set('origin', ORIGIN);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('https://platform.example.com/logout');
    expect(answer.headers['set-cookie']?.length).toBeGreaterThan(0);
    expect(events).toMatchObject([{ kind: 'sign-out', outcome: 'success', statusCode: 303 }]);
  });

  it('clears what a `__Host-` cookie needs Secure for', async () => {
    const origin = 'https://airflow.example.com';
    const { agent } = control({ cookieNames: ['__Host-token'] }, { origin });
    const answer = await agent.post('/.auth/logout').set('origin', origin);
    expect(answer.headers['set-cookie']?.[0]).toBe(
      '__Host-token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it('signs nobody out from another site', async () => {
    const { agent, events } = control({ identity: ADA, platform: PLATFORM });
    const answer = await agent.post('/.auth/logout').set('origin', 'https://evil.example');
    expect(answer.status).toBe(403);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers).not.toHaveProperty('location');
    expect(events).toMatchObject([
      { kind: 'sign-out', outcome: 'failure', reason: 'cross-site', statusCode: 403 },
    ]);
  });

  it('keeps its answer short however many services there are', async () => {
    const servicePaths = () => Array.from({ length: 1000 }, (_, number) => `/d${number}/airflow`);
    const answer = await control({ servicePaths }).agent.post('/.auth/logout').set('origin', ORIGIN);
    expect(answer.headers['set-cookie']).toHaveLength(2 + 2 * 33);
  });
});
