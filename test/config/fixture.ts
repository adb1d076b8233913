import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { type Fault, FaultsError } from '../../src/domain/errors.js';

/** A folder of its own for every test file, removed at the end. */
export function createFolder(): {
  readonly folder: string;
  readonly write: (name: string, text: string) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name, text) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
}

/** The faults a load ends in; fails the test when it does not. */
export function faultsOf(load: () => unknown): readonly Fault[] {
  try {
    load();
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
  }
  throw new Error('loaded without a fault');
}

/** `LINE message`, as `check` prints it without the file. */
export function print(faults: readonly Fault[]): string[] {
  return faults.map(({ line, message }) => `${line ?? '-'} ${message}`);
}

/** A configuration that has nothing wrong, as a starting point; needs `directory.yaml` beside it. */
export const SOUND = `server:
  publicUrl: http://localhost:8084
development: { issuer: true }
deployments:
  - id: sun
    workspace: data-team
    airflow:
      version: "3.3"
      upstream: http://127.0.0.1:8080
      identity: { profile: airflow3-jwks }
`;
