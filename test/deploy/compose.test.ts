import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { loadDirectory } from '../../src/config/load-directory.js';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');
const compose: {
  readonly services: Readonly<
    Record<
      string,
      { ports?: string[]; networks: string[]; read_only?: boolean; cap_drop?: string[]; secrets?: string[] }
    >
  >;
  readonly networks: Readonly<Record<string, { internal?: boolean }>>;
  readonly secrets: Readonly<Record<string, { file: string }>>;
} = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8'));

describe('deploy/compose.yaml', () => {
  it('lets nobody reach Airflow or Redis around the gateway', () => {
    const { gateway, ...others } = compose.services;
    expect(gateway?.ports).toEqual(['127.0.0.1:8084:8084']);
    for (const service of Object.values(others)) {
      expect(service.ports).toBeUndefined();
      expect(service.networks).toEqual(['back']);
    }
    expect(compose.networks.back?.internal).toBe(true);
  });

  it('runs the gateway read-only and without capabilities', () => {
    const { gateway } = compose.services;
    expect([gateway?.read_only, gateway?.cap_drop]).toEqual([true, ['ALL']]);
  });

  it('gives both sides one secret, which is in no file of the checkout', () => {
    expect(compose.services.gateway?.secrets).toEqual(compose.services.airflow?.secrets);
    expect(readFileSync(join(DEPLOY, '.gitignore'), 'utf8')).toContain('compose/airflow-jwt-secret');
  });

  it('has a configuration that loads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'compose-'));
    cpSync(join(DEPLOY, 'compose'), folder, { recursive: true });
    writeFileSync(join(folder, 'secret'), 'x'.repeat(64));
    writeFileSync(join(folder, 'platform-jwks.json'), '{"keys":[]}');
    const file = join(folder, 'gateway.yaml');
    const text = readFileSync(file, 'utf8').replace(
      '/run/secrets/airflow-jwt-secret',
      join(folder, 'secret'),
    );
    writeFileSync(file, text);
    const { config } = loadConfig({ file });
    const directory = loadDirectory(join(folder, 'directory.yaml'));
    rmSync(folder, { recursive: true });
    expect(config.deployments[0]?.airflow?.upstream).toBe('http://airflow:8080');
    expect(directory.directory.workspaces[0]?.id).toBe(config.deployments[0]?.workspace);
  });
});
