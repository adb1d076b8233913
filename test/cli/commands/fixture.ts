import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** Writes configurations and logs into a folder that goes with the test file. */
export function createFiles(): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
}

export const DIRECTORY = `workspaces:
  - id: data-team
    members: [{ user: ada, role: ADMIN }]
`;

/** Airflow 3.3 with Flower, Airflow 2.11 on a host of its own, and Airflow 1.10. */
export const GATEWAY = `server:
  publicUrl: http://localhost:8084
  limits: { targetBytes: 16000 }
development: { issuer: true }
permissions:
  WORKSPACE_EDITOR: { deployment.airflow.xcom.get: true }
deployments:
  - id: sun
    workspace: data-team
    airflow:
      version: "3.3"
      upstream: http://127.0.0.1:8080
      anonymous: [health]
      identity: { profile: airflow3-jwks }
      extraRoutes:
        - id: my-plugin
          methods: [GET]
          path: /my-plugin/{page}
          permission: deployment.airflow.plugin.get
          why: a page of our own
    flower:
      version: "2.2"
      upstream: http://127.0.0.1:5555
      identity: { profile: none }
  - id: moon
    workspace: data-team
    airflow:
      version: "2.11"
      upstream: http://127.0.0.1:8081
      host: moon.example.com
      identity: { profile: airflow2 }
`;
