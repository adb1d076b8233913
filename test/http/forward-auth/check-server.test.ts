import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeLatin1, writeMessage } from '../../../src/http/forward-auth/protobuf.js';
import { check, checkRequestFor } from './check-client.js';
import { createRig, HOST, type PersonId, PUBLIC_URL, type Rig, SECRET } from './rig.js';

const DAGS = '/demo/airflow/api/v2/dags';
const VARIABLES = '/demo/airflow/api/v2/variables';
const [DENIED, UNAUTHENTICATED] = [7, 16];

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

function as(person: PersonId): readonly [string, string] {
  return ['authorization', `Bearer ${rig.tokens[person]}`];
}

describe.each([
  ['as a map', false],
  ['as they came', true],
])('a Check with headers %s', (_name, raw) => {
  it('allows, sets the assertion and removes what must not go upstream', async () => {
    const request = { method: 'GET', target: DAGS, headers: [as('vic')] };
    const checked = await check(rig.grpcPort, checkRequestFor(request, { raw }));
    expect(checked.code).toBe(0);
    expect(checked.headers.authorization).toMatch(/^Bearer ey/);
    expect(checked.headers.authorization).not.toContain(rig.tokens.vic);
    expect(checked.removed).toEqual(['cookie']);
  });

  it('denies with status, reason and body', async () => {
    const request = { method: 'GET', target: VARIABLES, headers: [as('eve')] };
    const checked = await check(rig.grpcPort, checkRequestFor(request, { raw }));
    expect([checked.code, checked.status]).toEqual([DENIED, 403]);
    expect(checked.headers['x-auth-proxy-reason']).toBe('insufficient-permission');
    expect(checked.headers['content-length']).toBeUndefined();
    expect(checked.body).toContain('Access is Denied');
  });

  it('sends a person to sign in', async () => {
    const headers: [string, string][] = [['accept', 'text/html']];
    const checked = await check(
      rig.grpcPort,
      checkRequestFor({ method: 'GET', target: DAGS, headers }, { raw }),
    );
    expect([checked.code, checked.status]).toEqual([UNAUTHENTICATED, 401]);
    expect(checked.headers['x-auth-proxy-login']).toBe(
      `${PUBLIC_URL}/.auth/login?rd=${encodeURIComponent(DAGS)}`,
    );
  });
});

describe('a Check', () => {
  it('keeps the other cookies', async () => {
    const headers: [string, string][] = [['cookie', `a=b; platform_token=${rig.tokens.vic}; _token=x`]];
    const checked = await check(rig.grpcPort, checkRequestFor({ method: 'GET', target: DAGS, headers }));
    expect(checked.headers.cookie).toBe('a=b');
    expect(checked.removed).toEqual([]);
  });

  it('removes every identity header on a route opened to everybody', async () => {
    const target = '/demo/airflow/api/v2/monitor/health';
    const checked = await check(
      rig.grpcPort,
      checkRequestFor({ method: 'GET', target, headers: [as('ada')] }),
    );
    expect([checked.code, checked.removed]).toEqual([0, ['authorization', 'cookie']]);
  });

  const logical = { method: 'GET', target: DAGS };
  it.each<[string, () => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['bytes that are no message', () => Buffer.from('ff', 'hex')],
    ['no http attributes', () => writeMessage(1, writeMessage(4))],
    ['a query beside the path', () => checkRequestFor(logical, { extra: [writeLatin1(7, 'a=b')] })],
    ['a fragment', () => checkRequestFor(logical, { extra: [writeLatin1(8, 'x')] })],
    ['another path in `:path`', () => contradiction(':path', '/demo/airflow/')],
    ['another method in `:method`', () => contradiction(':method', 'DELETE')],
    ['another host in `:authority`', () => contradiction(':authority', 'evil.example')],
    ['no method', () => checkRequestFor({ method: '', target: DAGS })],
    ['no path', () => checkRequestFor({ method: 'GET', target: '' })],
    ['an absolute path', () => checkRequestFor({ method: 'GET', target: `http://${HOST}${DAGS}` })],
    ['CONNECT', () => checkRequestFor({ method: 'CONNECT', target: DAGS, headers: [as('ada')] })],
    ['two cookies', () => twice('cookie', 'a=b')],
    ['two origins', () => twice('origin', PUBLIC_URL)],
  ])('is denied with %s', async (_name, request) => {
    const checked = await check(rig.grpcPort, request());
    expect([checked.code, checked.status]).toEqual([DENIED, 403]);
  });

  function contradiction(name: string, value: string): Buffer {
    const lie = writeMessage(3, writeLatin1(1, name), writeLatin1(2, value));
    return checkRequestFor({ ...logical, headers: [as('ada')] }, { extra: [lie] });
  }

  function twice(name: string, value: string): Buffer {
    const headers: (readonly [string, string])[] = [as('ada'), [name, value], [name, value]];
    return checkRequestFor({ ...logical, headers }, { raw: true });
  }

  it('of a stranger is denied, of whoever knows the secret is judged', async () => {
    const closed = await createRig({ peers: ['192.0.2.0/24'], sharedSecret: SECRET });
    const request = checkRequestFor({
      method: 'GET',
      target: DAGS,
      headers: [['authorization', `Bearer ${closed.tokens.ada}`]],
    });
    // The secret counts where the caller says it, never among the client's own headers.
    const inside = checkRequestFor({
      method: 'GET',
      target: DAGS,
      headers: [
        ['authorization', `Bearer ${closed.tokens.ada}`],
        ['x-auth-proxy-secret', SECRET],
      ],
    });
    const codes = [
      (await check(closed.grpcPort, request)).code,
      (await check(closed.grpcPort, request, SECRET)).code,
      (await check(closed.grpcPort, request, 'wrong')).code,
      (await check(closed.grpcPort, inside)).code,
    ];
    await closed.close();
    expect(codes).toEqual([DENIED, 0, DENIED, DENIED]);
  });
});
