import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load.js';
import { loadCatalogs } from '../../src/config/load-catalogs.js';
import { loadDirectory } from '../../src/config/load-directory.js';
import { createFolder } from './fixture.js';

const EXAMPLES = readdirSync('config/examples').filter(
  (name) => name.endsWith('.yaml') && name !== 'directory.yaml',
);
const { airflow, flower } = loadCatalogs('config/catalog');
const knownVersions = { airflow: airflow.versions, flower: flower.versions };

const { folder, write } = createFolder();
cpSync('config/examples', folder, { recursive: true });
// What the platform example tells its reader to make.
write('platform-jwks.json', '{"keys":[]}');
write('airflow-jwt-secret', `${'0'.repeat(64)}\n`);
write('flower-password', 'secret\n');

describe('the examples', () => {
  it('are the three set-ups', () => {
    expect(EXAMPLES).toEqual(['minimal.yaml', 'platform.yaml', 'sidecar.yaml']);
  });

  it.each(EXAMPLES)('load without a fault or a warning: %s', (name) => {
    const { config, warnings } = loadConfig({ file: join(folder, name), knownVersions });
    expect(warnings).toEqual([]);
    expect(config.deployments).toHaveLength(1);
  });

  it('put the sidecar at the root', () => {
    const { config } = loadConfig({ file: join(folder, 'sidecar.yaml') });
    expect(config.deployments[0]?.airflow?.path).toBe('/');
  });

  it('have a directory that loads', () => {
    expect(loadDirectory('config/examples/directory.yaml').directory.workspaces[0]?.id).toBe('data-team');
  });
});
