import { describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '../../../src/domain/permission.js';
import { ROLES } from '../../../src/domain/role.js';
import { PERMISSION_WORDS, roleWords } from '../../../src/http/answers/permission-words.js';

describe('PERMISSION_WORDS', () => {
  it('has plain words for every permission', () => {
    for (const permission of PERMISSIONS)
      expect(PERMISSION_WORDS[permission]).toMatch(/^[a-z]+,? [\p{L}’, ]+$/u);
    expect(Object.keys(PERMISSION_WORDS)).toEqual([...PERMISSIONS]);
  });

  it('says something of its own for each', () => {
    expect(new Set(Object.values(PERMISSION_WORDS)).size).toBe(PERMISSIONS.length);
  });

  it.each([
    ['deployment.airflow.taskLog.get', 'view task logs'],
    ['deployment.airflow.dagRun.create', 'trigger DAG runs'],
    ['deployment.airflow.variable.delete', 'delete variables'],
    ['deployment.flower.control.update', 'control Celery workers and tasks'],
  ] as const)('calls %s "to %s"', (permission, words) => {
    expect(PERMISSION_WORDS[permission]).toBe(words);
  });
});

describe('roleWords', () => {
  it('says role and scope as people do', () => {
    expect(ROLES.map(roleWords)).toEqual([
      'Deployment Viewer',
      'Deployment Editor',
      'Deployment Admin',
      'Workspace Viewer',
      'Workspace Editor',
      'Workspace Admin',
      'System Viewer',
      'System Editor',
      'System Admin',
    ]);
  });
});
