import { describe, expect, it } from '@jest/globals';
import { NO_BINDINGS } from '../../../src/domain/binding.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import type { Principal } from '../../../src/domain/principal.js';
import { createRecent } from '../../../src/http/home/recent.js';
import type { Ending } from '../../../src/http/public/ending.js';

const PLACE = { deployment: 'sun', workspace: 'data', service: 'airflow' } as const;

function person(id: string): Principal {
  return { kind: 'user', id, email: undefined, name: undefined, groups: [] };
}

function outcome(id: string, changes: Partial<Outcome> = {}): Outcome {
  return {
    requestId: 'r',
    method: 'GET',
    target: '/sun/airflow/variables?key=secret',
    rawTarget: '/sun/airflow/variables?key=secret',
    place: PLACE,
    identity: {
      kind: 'authenticated',
      principal: person(id),
      credential: 'cookie',
      claims: {},
      expiresAt: undefined,
    },
    bindings: NO_BINDINGS,
    role: 'WORKSPACE_VIEWER',
    match: { kind: 'unmatched' },
    decision: {
      kind: 'deny',
      reason: 'insufficient-permission',
      rule: undefined,
      permission: 'deployment.airflow.variable.get',
      detail: undefined,
    },
    sourceIp: undefined,
    ...changes,
  };
}

const DENIED: Ending = {
  kind: 'denied',
  reason: 'insufficient-permission',
  statusCode: 403,
  detail: undefined,
};

describe('createRecent', () => {
  it('keeps a person’s own denials, the latest first, without the query', () => {
    let now = 1000;
    const recent = createRecent({ now: () => now, maxDenials: 2 });
    for (const method of ['GET', 'POST', 'DELETE']) {
      now += 1;
      recent.note(outcome('vic', { method }), DENIED);
    }
    expect(recent.denialsOf(person('vic'))).toEqual([
      {
        atMs: 1003,
        deployment: 'sun',
        service: 'airflow',
        method: 'DELETE',
        path: '/sun/airflow/variables',
        reason: 'insufficient-permission',
        permission: 'deployment.airflow.variable.get',
      },
      expect.objectContaining({ method: 'POST' }),
    ]);
    expect(recent.denialsOf(person('eve'))).toEqual([]);
  });

  it('forgets the people seen longest ago', () => {
    const recent = createRecent({ maxPeople: 2 });
    for (const id of ['a', 'b', 'a', 'c']) recent.note(outcome(id), DENIED);
    expect(recent.denialsOf(person('b'))).toEqual([]);
    expect(recent.denialsOf(person('a'))).toHaveLength(2);
  });

  it.each<[string, Partial<Outcome>]>([
    ['of somebody unknown', { identity: { kind: 'anonymous' } }],
    ['where the person holds no role', { role: undefined }],
    ['of no Deployment', { place: undefined }],
    ['of a target nobody could read', { target: undefined }],
  ])('keeps no denial %s', (_name, changes) => {
    const recent = createRecent();
    recent.note(outcome('vic', changes), DENIED);
    expect(recent.denialsOf(person('vic'))).toEqual([]);
  });

  it.each<[string, Ending, string]>([
    ['an answer', { kind: 'forwarded', statusCode: 200, upstreamMs: 1 }, 'up'],
    ['an error of the upstream itself', { kind: 'forwarded', statusCode: 500, upstreamMs: 1 }, 'up'],
    ['an answer of a front without its back', { kind: 'forwarded', statusCode: 503, upstreamMs: 1 }, 'down'],
    ['no connection', { ...DENIED, reason: 'upstream-unreachable', statusCode: 502 }, 'down'],
    ['our assertion refused', { ...DENIED, reason: 'assertion-refused', statusCode: 502 }, 'down'],
    ['the upstream’s own refusal', { ...DENIED, reason: 'upstream-denied' }, 'up'],
    ['a denial of ours', DENIED, 'unknown'],
  ])('reads %s as the upstream being what it is', (_name, ending, kind) => {
    const recent = createRecent();
    recent.note(outcome('vic'), ending);
    expect(recent.stateOf(PLACE).kind).toBe(kind);
    expect(recent.stateOf({ deployment: 'sun', service: 'flower' }).kind).toBe('unknown');
  });

  it('does not believe old news', () => {
    let now = 0;
    const recent = createRecent({ now: () => now, staleAfterMs: 1000 });
    recent.note(outcome('vic'), { kind: 'forwarded', statusCode: 200, upstreamMs: 1 });
    now = 1000;
    expect(recent.stateOf(PLACE)).toEqual({ kind: 'up', asOfMs: 0 });
    now = 1001;
    expect(recent.stateOf(PLACE)).toEqual({ kind: 'unknown' });
  });
});
