import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Decision } from '../../src/domain/decision.js';
import { statusOfDenial } from '../../src/http/forward-auth/deny.js';
import { check, checkRequestFor } from '../http/forward-auth/check-client.js';
import {
  ask,
  createRig,
  HOST,
  HTTP_DIALECTS,
  type Logical,
  PEOPLE,
  PUBLIC_URL,
  type Rig,
} from '../http/forward-auth/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

/** Paths of Airflow 3.3 as its catalog writes them, with something in their holes. */
const catalogPaths = [
  ...readFileSync(new URL('../../config/catalog/airflow-3.yaml', import.meta.url), 'utf8').matchAll(
    /path: "?(\/[^\s"]*)/g,
  ),
].map((match) => (match[1] ?? '').replace(/\{[^}]*\*\}/g, 'a/b').replace(/\{[^}]*\}/g, 'x'));

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...catalogPaths).map((tail) => `/demo/airflow${tail}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/demo/flower/',
      '/demo/flower/api/tasks',
      '/demo/airflow',
      '/',
      '/other/airflow/',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/demo//airflow/',
      '/demo/airflow/../airflow/',
      '/demo/airflow/%2e%2e/x',
      '/demo/airflow/api/v2/%76ariables',
      '/demo/airflow/api/v2/variables%2Fx',
      '/demo/airflow/a%zz',
      '/demo/airflow/a%5cb',
      '/.auth/me',
    ),
  },
);
const query = fc.constantFrom('', '?limit=1', '?result=x', '?a=%2F&b=c', '?q=%00');
const method = fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE');
const credential = fc.record({
  person: fc.constantFrom(...PEOPLE, undefined),
  by: fc.constantFrom('header', 'cookie', 'both', 'broken'),
});
const origin = fc.constantFrom<[string, string][]>(
  [],
  [['Origin', PUBLIC_URL]],
  [['Origin', 'https://evil.example']],
  [['Sec-Fetch-Site', 'same-origin']],
  [['Referer', `${PUBLIC_URL}/demo/flower/`]],
);

const logical = fc
  .record({ path, query, method, credential, origin })
  .map((parts) => ({ ...parts, target: `${parts.path}${parts.query}` }));

type Generated = typeof logical extends fc.Arbitrary<infer T> ? T : never;

function requestOf({ target, method: verb, credential: { person, by }, origin: from }: Generated): Logical {
  const token = person === undefined ? undefined : rig.tokens[person];
  const headers: [string, string][] = [...from];
  if (token !== undefined && by !== 'cookie')
    headers.push(['Authorization', by === 'broken' ? `Bearer ${token}x` : `Bearer ${token}`]);
  if (token !== undefined && (by === 'cookie' || by === 'both'))
    headers.push(['Cookie', `platform_token=${token}`]);
  return { method: verb, target, headers };
}

async function gateDecision({ method: verb, target, headers = [] }: Logical): Promise<Decision> {
  const reading = rig.runtime.gate.read(HOST, target);
  const asked = { requestId: 'r', method: verb, headers, sourceIp: undefined };
  return (await rig.runtime.gate.judge(asked, reading)).outcome.decision;
}

describe('law 8: the same answer from every door', () => {
  it('holds for the gate, every HTTP dialect and Envoy’s gRPC', async () => {
    let allowed = 0;
    await fc.assert(
      fc.asyncProperty(logical, async (generated) => {
        const request = requestOf(generated);
        const decision = await gateDecision(request);
        const expected =
          decision.kind === 'allow' ? [200, undefined] : [statusOfDenial(decision.reason), decision.reason];
        if (decision.kind === 'allow') allowed++;
        for (const [name, dialect] of Object.entries(HTTP_DIALECTS)) {
          const { status, headers } = await ask(rig, dialect(request));
          expect([name, status, headers['x-auth-proxy-reason']]).toEqual([name, ...expected]);
        }
        const checked = await check(rig.grpcPort, checkRequestFor(request));
        const status = checked.code === 0 ? 200 : checked.status;
        expect(['grpc', status, checked.headers['x-auth-proxy-reason']]).toEqual(['grpc', ...expected]);
      }),
      { numRuns: 250 },
    );
    expect(allowed).toBeGreaterThan(10);
  }, 120_000);
});
