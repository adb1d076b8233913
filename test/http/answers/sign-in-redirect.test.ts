import { describe, expect, it } from '@jest/globals';
import { redirectToSignIn } from '../../../src/http/answers/sign-in-redirect.js';

describe('redirectToSignIn', () => {
  it('leads to the sign-in page with the way back', () => {
    const { status, headers, body } = redirectToSignIn({
      reason: 'no-credential',
      requestId: 'req-1',
      returnTo: '/d/airflow/log?dag_id=a&task_id=b',
    });
    expect(status).toBe(302);
    expect(body).toBe('');
    expect(headers).toMatchObject({
      location: '/.auth/login?rd=%2Fd%2Fairflow%2Flog%3Fdag_id%3Da%26task_id%3Db',
      'x-auth-proxy-reason': 'no-credential',
      'cache-control': 'no-store',
    });
  });

  it('stays under the path that the ingress passes', () => {
    const { headers } = redirectToSignIn({
      reason: 'bad-credential',
      requestId: 'req-1',
      returnTo: '/',
      authPath: '/d/airflow/.auth',
    });
    expect(headers.location).toBe('/d/airflow/.auth/login?rd=%2F');
  });
});
