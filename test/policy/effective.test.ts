import { describe, expect, it } from '@jest/globals';
import type { Binding, Bindings } from '../../src/domain/binding.js';
import { holds } from '../../src/domain/permission.js';
import { countingFor, heldPermissions, highestRole, reaching } from '../../src/policy/effective.js';
import { grantsFor } from '../../src/policy/grants.js';

const place = { deployment: 'd', workspace: 'w' };
const system: Binding = { scope: 'SYSTEM', level: 'VIEWER', source: 's' };
const workspace: Binding = { scope: 'WORKSPACE', id: 'w', level: 'EDITOR', source: 's' };
const deployment: Binding = { scope: 'DEPLOYMENT', id: 'd', level: 'EDITOR', source: 's' };
const elsewhere: Binding = { scope: 'WORKSPACE', id: 'x', level: 'ADMIN', source: 's' };
const namesake: Binding = { scope: 'DEPLOYMENT', id: 'w', level: 'ADMIN', source: 's' };
const grants = grantsFor({ airflow: { major: 3, minor: 3, patch: undefined }, flower: undefined });

describe('reaching', () => {
  it('keeps what is held everywhere, at the Workspace and at the Deployment', () => {
    expect(reaching([system, workspace, deployment, elsewhere, namesake], place)).toEqual([
      system,
      workspace,
      deployment,
    ]);
  });
});

describe('countingFor', () => {
  const fresh: Binding = { scope: 'WORKSPACE', id: 'w', level: 'VIEWER', source: 'file' };
  const old: Binding = { scope: 'WORKSPACE', id: 'w', level: 'ADMIN', source: 'redis' };
  const both: Bindings = { bindings: [fresh, old], unavailable: ['houston'], stale: ['redis'] };

  it('lets the last word of a source count for what only reads', () => {
    expect(countingFor(both, false)).toBe(both);
  });

  it('takes a source as silent that gave its last word only, for what changes state', () => {
    expect(countingFor(both, true)).toEqual({ bindings: [fresh], unavailable: ['houston', 'redis'] });
  });

  it('changes nothing where every source answered', () => {
    const complete: Bindings = { bindings: [fresh], unavailable: [] };
    expect(countingFor(complete, true)).toBe(complete);
  });
});

describe('heldPermissions', () => {
  it('is the union of all bindings', () => {
    const held = heldPermissions([system, workspace], grants);
    expect(holds(held, 'deployment.airflow.taskLog.get')).toBe(true);
    expect(holds(held, 'deployment.airflow.variable.get')).toBe(false);
  });

  it('is nothing without a binding', () => {
    expect(holds(heldPermissions([], grants), 'deployment.airflow.website.get')).toBe(false);
  });
});

describe('highestRole', () => {
  it.each<[string, Binding[], string | undefined]>([
    ['none', [], undefined],
    ['the higher level', [system, deployment], 'DEPLOYMENT_EDITOR'],
    ['the wider scope among equals', [deployment, workspace], 'WORKSPACE_EDITOR'],
    ['the wider scope among equals, given first', [workspace, deployment], 'WORKSPACE_EDITOR'],
    ['the higher level, given first', [deployment, system], 'DEPLOYMENT_EDITOR'],
  ])('shows %s', (_, bindings, expected) => {
    expect(highestRole(bindings)).toBe(expected);
  });
});
