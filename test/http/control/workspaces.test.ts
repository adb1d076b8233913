import { describe, expect, it } from '@jest/globals';
import { permissionSet } from '../../../src/domain/permission.js';
import { ADA, control, ORIGIN } from './harness.js';

describe('GET /.auth/workspaces', () => {
  it('lists for programs what the front page lists', async () => {
    const answer = await control({
      identity: ADA,
      workspacesOf: async () => [
        {
          id: 'data',
          label: 'Data team',
          deployments: [
            {
              id: 'sun',
              role: 'WORKSPACE_EDITOR',
              asked: [],
              held: permissionSet([]),
              services: [
                {
                  kind: 'airflow',
                  version: '3.3',
                  url: '/sun/airflow/',
                  open: true,
                  state: { kind: 'unknown' },
                },
              ],
            },
          ],
        },
      ],
    }).agent.get('/.auth/workspaces');
    expect(answer.status).toBe(200);
    const service = {
      kind: 'airflow',
      version: '3.3',
      url: `${ORIGIN}/sun/airflow/`,
      open: true,
      state: 'unknown',
    };
    expect(answer.body).toEqual({
      workspaces: [
        {
          id: 'data',
          label: 'Data team',
          deployments: [{ id: 'sun', role: 'WORKSPACE_EDITOR', services: [service] }],
        },
      ],
    });
  });

  it('is for people who are known, and whole or not at all', async () => {
    expect((await control().agent.get('/.auth/workspaces')).status).toBe(401);
    const away = await control({ identity: ADA, workspacesOf: async () => undefined }).agent.get(
      '/.auth/workspaces',
    );
    expect(away.status).toBe(503);
  });
});
