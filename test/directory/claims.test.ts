import { describe, expect, it, jest } from '@jest/globals';
import { createClaimsSource } from '../../src/directory/claims.js';
import type { Principal } from '../../src/domain/principal.js';
import { callerOf, describeRoleSource, type Grant, user } from '../contracts/role-source.js';

function claimsFor(grants: readonly Grant[], principal: Principal): Record<string, unknown> {
  const own = grants.filter(
    ({ to }) => principal.kind === 'user' && 'user' in to && to.user === principal.id,
  );
  return {
    roleBindings: own.map(({ binding }) => ({
      role: `${binding.scope}_${binding.level}`,
      ...('id' in binding ? { [binding.scope.toLowerCase()]: binding.id } : {}),
    })),
  };
}

describeRoleSource('claims', { names: 'users' }, (grants) => ({
  source: createClaimsSource({ name: 'claims', claim: 'roleBindings' }),
  caller: (principal) => callerOf(principal, claimsFor(grants, principal)),
}));

const signal = new AbortController().signal;
const GOOD = { role: 'WORKSPACE_EDITOR', workspace: 'data-team' };

async function read(claims: Record<string, unknown>, claim = 'roleBindings') {
  const onMalformed = jest.fn();
  const source = createClaimsSource({ name: 'claims', claim, onMalformed });
  const caller = callerOf(user('ada'), claims);
  const answer = await source.find(caller, signal);
  await source.find(caller, signal);
  return { bindings: answer.kind === 'found' ? answer.bindings : undefined, onMalformed };
}

describe('createClaimsSource', () => {
  it('reads the documented form', async () => {
    const { bindings, onMalformed } = await read({
      roleBindings: [GOOD, { role: 'DEPLOYMENT_VIEWER', deployment: 'quasar-1' }, { role: 'SYSTEM_ADMIN' }],
    });
    expect(bindings).toEqual([
      { scope: 'WORKSPACE', id: 'data-team', level: 'EDITOR', source: 'claims' },
      { scope: 'DEPLOYMENT', id: 'quasar-1', level: 'VIEWER', source: 'claims' },
      { scope: 'SYSTEM', level: 'ADMIN', source: 'claims' },
    ]);
    expect(onMalformed).not.toHaveBeenCalled();
  });

  it.each<[string, unknown]>([
    ['a string', 'WORKSPACE_ADMIN'],
    ['null', null],
    ['an array', ['WORKSPACE_ADMIN', 'data-team']],
    ['no role', { workspace: 'data-team' }],
    ['a role in lower case', { role: 'workspace_admin', workspace: 'data-team' }],
    ['a role with a space', { role: ' WORKSPACE_ADMIN', workspace: 'data-team' }],
    ['an array of roles', { role: ['WORKSPACE_ADMIN'], workspace: 'data-team' }],
    ['a bare level', { role: 'ADMIN', workspace: 'data-team' }],
    ['the role `constructor`', { role: 'constructor' }],
    ['the role `true`', { role: true }],
    ['a workspace role without its place', { role: 'WORKSPACE_ADMIN' }],
    ['a workspace role at a deployment', { role: 'WORKSPACE_ADMIN', deployment: 'quasar-1' }],
    ['a workspace role at both', { role: 'WORKSPACE_ADMIN', workspace: 'a', deployment: 'b' }],
    ['a deployment role at a workspace', { role: 'DEPLOYMENT_ADMIN', workspace: 'data-team' }],
    ['a system role with a place', { role: 'SYSTEM_ADMIN', workspace: 'data-team' }],
    ['an empty place', { role: 'WORKSPACE_ADMIN', workspace: '' }],
    ['a place that is an array', { role: 'WORKSPACE_ADMIN', workspace: ['data-team'] }],
    ['a condition we do not know', { ...GOOD, until: '2020-01-01' }],
  ])('gives nothing for %s, says so once and keeps the good entry beside it', async (_name, entry) => {
    const { bindings, onMalformed } = await read({ roleBindings: [entry, GOOD] });
    expect(bindings).toHaveLength(1);
    expect(onMalformed.mock.calls).toEqual([
      ['ada', expect.stringMatching(/^claim `roleBindings`, entry 1: /)],
    ]);
  });

  it.each<[string, unknown]>([
    ['an object', GOOD],
    ['a string', '[{"role":"SYSTEM_ADMIN"}]'],
    ['null', null],
  ])('gives nothing for a claim that is %s', async (_name, value) => {
    const { bindings, onMalformed } = await read({ roleBindings: value });
    expect(bindings).toEqual([]);
    expect(onMalformed).toHaveBeenCalledTimes(1);
  });

  it('gives nothing, and complains of nothing, where the claim is absent', async () => {
    for (const claim of ['roleBindings', 'constructor', '__proto__']) {
      const { bindings, onMalformed } = await read({}, claim);
      expect(bindings).toEqual([]);
      expect(onMalformed).not.toHaveBeenCalled();
    }
  });
});
