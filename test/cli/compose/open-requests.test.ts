import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createOpenRequests } from '../../../src/cli/compose/open-requests.js';
import type { Bindings } from '../../../src/domain/binding.js';
import type { Identity } from '../../../src/domain/identity.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import type { Principal } from '../../../src/domain/principal.js';
import type { Level } from '../../../src/domain/role.js';
import { createLiveStreams } from '../../../src/forward/live-streams.js';
import type { Gate, Judged } from '../../../src/gate/gate.js';
import type { GatedService } from '../../../src/gate/service.js';
import { heldPermissions } from '../../../src/policy/effective.js';
import { grantsFor } from '../../../src/policy/grants.js';
import { callerOf, serviceAccount, user } from '../../contracts/role-source.js';

const grants = grantsFor({ airflow: { major: 3, minor: 3, patch: undefined }, flower: undefined });
const service = { deployment: 'd', workspace: 'w', grants } as unknown as GatedService;
const holding = (...held: Level[]): Bindings => ({
  bindings: held.map((level) => ({ scope: 'WORKSPACE', id: 'w', level, source: 's' })),
  unavailable: [],
});

describe('createOpenRequests', () => {
  let now: Bindings;
  let revoked: boolean;
  let identity: Identity;
  const aborted = jest.fn();
  const spared = jest.fn();
  let close = () => {};

  beforeEach(() => {
    now = holding('EDITOR');
    revoked = false;
    identity = { kind: 'anonymous' };
    aborted.mockReset();
  });
  afterEach(() => {
    close();
    expect(spared).not.toHaveBeenCalled();
  });

  /** One request of this principal, judged as an Editor. */
  async function begin(
    principal: Principal,
    reason: 'permission-held' | 'public-route' = 'permission-held',
    fields: { minimumAgeMs?: number } = {},
  ) {
    const streams = createLiveStreams();
    const subject = principal.kind === 'user' ? principal.id : `service-account:${principal.id}`;
    streams.add({ subject, requestId: 'r', startedAt: 0, abort: aborted });
    streams.add({ subject, requestId: 'later', startedAt: 0, abort: spared });
    const requests = createOpenRequests({
      authenticate: async () => identity,
      revocations: { check: () => (revoked ? 'revoked' : 'valid') },
      bindingsOf: async () => now,
      streams,
      everyMs: 5,
      minimumAgeMs: 0,
      ...fields,
    });
    close = requests.close;
    const outcome = {
      requestId: 'r',
      identity: callerOf(principal),
      decision: { kind: 'allow', reason },
    } as unknown as Outcome;
    const judged: Judged<GatedService> = {
      outcome,
      service,
      held: heldPermissions(holding('EDITOR').bindings, grants),
    };
    const concluded = jest.fn();
    const ends = requests.around({
      gate: { judge: async () => judged } as unknown as Gate<GatedService>,
      concluded,
    });
    const asked = { requestId: 'r', method: 'GET', headers: [], sourceIp: undefined };
    expect(await ends.gate.judge(asked, {} as never)).toBe(judged);
    return { end: () => ends.concluded(outcome), concluded };
  }
  const look = () => new Promise((resolve) => setTimeout(resolve, 30));

  it.each<[string, () => void, 'revoked' | 'lowered' | undefined]>([
    ['nothing changed', () => {}, undefined],
    ['raised', () => (now = holding('ADMIN')), undefined],
    ['lowered', () => (now = holding('VIEWER')), 'lowered'],
    ['lowered in one of two roles that give the same', () => (now = holding('EDITOR', 'VIEWER')), undefined],
    ['without any role', () => (now = holding()), 'lowered'],
    ['revoked', () => (revoked = true), 'revoked'],
    ['an outage', () => (now = { bindings: [], unavailable: ['s'] }), undefined],
    [
      'the last word of a source that is away',
      () => (now = { bindings: [], unavailable: [], stale: ['s'] }),
      undefined,
    ],
  ])('decides what becomes of an open answer after %s', async (_name, change, expected) => {
    await begin(user('eve'));
    change();
    await look();
    expect(aborted.mock.calls).toEqual(expected === undefined ? [] : [[expected]]);
  });

  it('lets what has only begun end by itself', async () => {
    await begin(user('eve'), 'permission-held', { minimumAgeMs: 60_000 });
    revoked = true;
    await look();
    expect(aborted).not.toHaveBeenCalled();
  });

  it.each<[string, Identity, boolean]>([
    ['is withdrawn', { kind: 'rejected', code: 'unknown-service-account-key', detail: 'd' }, true],
    ['cannot be looked up', { kind: 'unverifiable', cause: 'away' }, false],
    ['is good', callerOf(serviceAccount('ci')), false],
  ])('asks for the key of a program again: it %s', async (_name, next, expected) => {
    identity = callerOf(serviceAccount('ci'));
    await begin(serviceAccount('ci'));
    identity = next;
    await look();
    expect(aborted.mock.calls.length > 0).toBe(expected);
  });

  it('leaves alone what has ended, and passes the end on', async () => {
    const { end, concluded } = await begin(user('eve'));
    end();
    revoked = true;
    await look();
    expect(aborted).not.toHaveBeenCalled();
    expect(concluded).toHaveBeenCalledTimes(1);
  });

  it('leaves alone what is open to everybody', async () => {
    await begin(user('eve'), 'public-route');
    revoked = true;
    await look();
    expect(aborted).not.toHaveBeenCalled();
  });
});
