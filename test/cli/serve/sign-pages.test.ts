import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Gateway, serve } from '../../../src/cli/commands/serve.js';
import { createLog } from '../../../src/observe/log.js';
import { createSite, type Person, type Site, until } from './site.js';

jest.setTimeout(60_000);

let site: Site;
let gateway: Gateway;

beforeAll(async () => {
  site = await createSite();
  gateway = await serve(
    site.configFile,
    createLog({ level: 'error', destination: { write: () => undefined } }),
  );
}, 20_000);
afterAll(async () => {
  await gateway.stop();
  await site.close();
});

async function open(person: Person | undefined, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://127.0.0.1:${site.port}${path}`, {
    redirect: 'manual',
    ...init,
    headers: {
      accept: 'text/html',
      ...(person === undefined ? {} : { authorization: `Bearer ${await site.token(person)}` }),
      ...init.headers,
    },
  });
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
}
const LOGIN = '/dep/airflow/auth/login';
const signIn = (back: string) => `/.auth/login?rd=${encodeURIComponent(back)}`;

describe("the upstream's sign-in page", () => {
  it.each([
    ['a path', '/dep/airflow/dags?a=1', '/dep/airflow/dags?a=1'],
    ['a path with a fragment', '/dep/airflow/dags#x', '/dep/airflow/dags'],
    ['another host', 'https://evil.example/x', '/dep/airflow/'],
    ['two slashes', '//evil.example', '/dep/airflow/'],
    ['nothing', '', '/dep/airflow/'],
  ])('leads to ours with the way back, and on where somebody is known: %s', async (_, next, back) => {
    const path = `${LOGIN}?next=${encodeURIComponent(next)}`;
    expect(await open(undefined, path)).toMatchObject({ status: 302, location: signIn(back) });
    expect(await open('vic', path)).toMatchObject({ status: 302, location: back });
  });

  it('takes an absolute way back on our own origin', async () => {
    const next = encodeURIComponent(`http://localhost:${site.port}/dep/airflow/dags`);
    expect(await open('vic', `${LOGIN}?next=${next}`)).toMatchObject({ location: '/dep/airflow/dags' });
  });

  it('is denied to programs like any other page that nobody may open', async () => {
    expect((await open('ada', LOGIN, { headers: { accept: 'application/json' } })).status).toBe(403);
    expect((await open(undefined, LOGIN, { headers: { accept: '*/*' } })).status).toBe(401);
  });

  it('tells somebody without a role no more than a Deployment that is not there', async () => {
    const [there, nowhere] = [await open('out', LOGIN), await open('out', '/nope/airflow/auth/login')];
    expect(there).toEqual(nowhere);
    expect(there.status).toBe(403);
  });
});

describe("the upstream's sign-out page", () => {
  it.each(['GET', 'POST'])('leads to ours by %s, recorded as our own answer', async (method) => {
    const before = site.audit().length;
    const answer = await open('vic', '/dep/airflow/auth/logout', { method });
    expect(answer).toMatchObject({ status: 303, location: '/.auth/logout' });
    await until(() => site.audit().length > before);
    expect(site.audit().at(-1)?.event).toEqual({
      action: 'request-answered',
      outcome: 'success',
      reason: 'sign-out',
    });
  });

  it('tells somebody without a role no more than a Deployment that is not there', async () => {
    const path = (deployment: string) => `/${deployment}/airflow/auth/logout`;
    expect(await open('out', path('dep'))).toEqual(await open('out', path('nope')));
  });
});
