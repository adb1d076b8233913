import { describe, expect, it } from '@jest/globals';
import { holds, missingFrom, PERMISSIONS, type Permission } from '../../src/domain/permission.js';
import { LEVELS, roleOf, SCOPES } from '../../src/domain/role.js';
import { parseVersion } from '../../src/domain/version.js';
import { grantsFor } from '../../src/policy/grants.js';

const at = (airflow: string) => ({ airflow: parseVersion(airflow), flower: undefined });
const verdicts = (airflow: string, permission: Permission) =>
  LEVELS.map((level) =>
    holds(grantsFor(at(airflow))[roleOf('WORKSPACE', level)], permission) ? 'yes' : 'no',
  ).join(' ');

describe('grantsFor', () => {
  it.each([
    ['website.get', 'yes yes yes'],
    ['dag.get', 'yes yes yes'],
    ['hitl.get', 'yes yes yes'],
    ['docs.get', 'yes yes yes'],
    ['edgeWorker.get', 'yes yes yes'],
    ['taskLog.get', 'no yes yes'],
    ['renderedTemplate.get', 'no yes yes'],
    ['extraLink.get', 'no yes yes'],
    ['dagRun.create', 'no yes yes'],
    ['taskInstance.update', 'no yes yes'],
    ['dag.delete', 'no yes yes'],
    ['backfill.create', 'no yes yes'],
    ['datasets.create', 'no yes yes'],
    ['favorite.update', 'no yes yes'],
    ['taskReschedule.get', 'no no yes'],
    ['trigger.get', 'no no yes'],
    ['pool.get', 'no no yes'],
    ['variable.get', 'no no yes'],
    ['connection.update', 'no no yes'],
    ['xcom.get', 'no no yes'],
    ['stateStore.get', 'no no yes'],
    ['plugin.get', 'no no yes'],
    ['profile.get', 'no no yes'],
    ['edgeWorker.update', 'no no yes'],
    ['adminMenu.get', 'no no yes'],
  ])('gives %s to VIEWER, EDITOR, ADMIN: %s', (permission, expected) => {
    expect(verdicts('3.3', `deployment.airflow.${permission}` as Permission)).toBe(expected);
  });

  it.each([
    ['2.8', 'no yes yes'],
    ['2.9', 'no no yes'],
    ['2.11.2', 'no no yes'],
    ['3.0', 'no yes yes'],
  ])('gives the audit log of Airflow %s: %s', (version, expected) => {
    expect(verdicts(version, 'deployment.airflow.auditLog.get')).toBe(expected);
  });

  it.each([
    ['2.11', 'no yes yes'],
    ['3.0', 'no no yes'],
  ])('gives task arguments in Flower beside Airflow %s: %s', (version, expected) => {
    expect(verdicts(version, 'deployment.flower.task.get')).toBe(expected);
  });

  it('gives an Admin everything', () => {
    expect(PERMISSIONS.filter((permission) => !holds(grantsFor(at('3.3')).SYSTEM_ADMIN, permission))).toEqual(
      [],
    );
  });

  it.each(SCOPES)('never takes from a higher level of %s', (scope) => {
    const grants = grantsFor(at('2.11'));
    expect(missingFrom(grants[`${scope}_VIEWER`], grants[`${scope}_EDITOR`])).toEqual([]);
    expect(missingFrom(grants[`${scope}_EDITOR`], grants[`${scope}_ADMIN`])).toEqual([]);
  });

  it('changes one cell of one role by an override', () => {
    const grants = grantsFor(at('3.3'), {
      WORKSPACE_EDITOR: { 'deployment.airflow.xcom.get': true, 'deployment.airflow.taskLog.get': false },
    });
    expect(holds(grants.WORKSPACE_EDITOR, 'deployment.airflow.xcom.get')).toBe(true);
    expect(holds(grants.WORKSPACE_EDITOR, 'deployment.airflow.taskLog.get')).toBe(false);
    expect(holds(grants.DEPLOYMENT_EDITOR, 'deployment.airflow.xcom.get')).toBe(false);
    expect(holds(grants.WORKSPACE_VIEWER, 'deployment.airflow.xcom.get')).toBe(false);
  });
});
