import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { type StandIn, startStandIn } from '../../../src/cli/demo/stand-in.js';

const SECRET = 's'.repeat(64);
const mint = ({ secret = SECRET, audience = 'apache-airflow', expires = '1m', sub = 'ada' } = {}) =>
  new SignJWT({ role: 'Admin' })
    .setProtectedHeader({ alg: 'HS512' })
    .setSubject(sub)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ basePath: '/demo/airflow', jwtSecret: SECRET });
});
afterAll(() => standIn.stop());

const ask = async (path: string, token: string | undefined, init: RequestInit = {}) => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${standIn.url}${path}`, { ...init, headers });
};

describe('startStandIn', () => {
  it('shows who is asking, and that it is not Airflow', async () => {
    const page = await (await ask('/demo/airflow/', await mint())).text();
    expect(page).toContain('This is not Airflow.');
    expect(page).toContain('<strong>ada</strong>');
    expect(page).toContain('<strong>Admin</strong>');
  });

  it('answers paths of the API with who asked', async () => {
    const answer = await ask('/demo/airflow/api/v2/dags/stand_in_dag/dagRuns', await mint(), {
      method: 'POST',
    });
    expect(await answer.json()).toMatchObject({
      asked_by: { sub: 'ada', role: 'Admin' },
      method: 'POST',
      state: 'queued',
    });
  });

  it('writes a name as text, whatever is in it', async () => {
    const page = await (await ask('/demo/airflow/', await mint({ sub: '<script>' }))).text();
    expect(page).toContain('<strong>&#60;script&#62;</strong>');
    expect(page).not.toContain('<script>');
  });

  it.each([
    { name: 'no assertion', token: async () => undefined },
    { name: 'an assertion signed by somebody else', token: () => mint({ secret: 'x'.repeat(64) }) },
    {
      name: 'an assertion for another audience',
      token: () => mint({ audience: 'urn:airflow.apache.org:task' }),
    },
    { name: 'an expired assertion', token: () => mint({ expires: '-1m' }) },
    { name: 'garbage', token: async () => 'garbage' },
  ])('refuses $name', async ({ token }) => {
    expect((await ask('/demo/airflow/api/v2/dags', await token())).status).toBe(401);
  });

  it('answers version and health without an assertion', async () => {
    expect((await ask('/demo/airflow/api/v2/version', undefined)).status).toBe(200);
    expect((await ask('/demo/airflow/api/v2/monitor/health', undefined)).status).toBe(200);
  });

  it.each(['/api/v2/dags', '/demo/airflowx/', '/demo/airflow/nope'])('has nothing at %s', async (path) => {
    expect((await ask(path, await mint())).status).toBe(404);
  });
});
