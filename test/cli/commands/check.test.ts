import { describe, expect, it } from '@jest/globals';
import { check, formatReport } from '../../../src/cli/commands/check.js';
import { createFiles, DIRECTORY, GATEWAY } from './fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);

describe('check', () => {
  it('finds nothing wrong with a sound configuration', async () => {
    const report = await check(write('sound.yaml', GATEWAY));
    expect(report.faults).toEqual([]);
    expect(report.loaded?.config.deployments.map(({ id }) => id)).toEqual(['sun', 'moon']);
    expect(formatReport(report).split('\n').at(-1)).toBe('configuration is valid');
  });

  it('names the line and the remedy of every fault, of all kinds at once', async () => {
    const text = GATEWAY.replace('workspace: data-team', 'workspace: nowhere')
      .replace('path: /my-plugin/{page}', 'path: /api/v2/dags/{page}')
      .replace(
        '  WORKSPACE_EDITOR: {',
        '  DEPLOYMENT_EDITOR: { deployment.airflow.auditLog.get: true }\n  WORKSPACE_EDITOR: {',
      );
    const file = write('broken.yaml', text);
    const report = await check(file);
    const lines = formatReport(report).split('\n');
    const lineOf = (piece: string) => text.split('\n').findIndex((line) => line.includes(piece)) + 1;
    expect(report.loaded).toBeUndefined();
    expect(lines).toContainEqual(
      `${file}:${lineOf('workspace: nowhere')} deployment \`sun\` names workspace \`nowhere\`, which no directory source knows; add it under workspaces: or fix the id`,
    );
    expect(lines.join('\n')).toContain('matches paths of catalog rule');
    expect(lines.at(-1)).toBe(`${report.faults.length} faults`);
  });

  it('names an override above the native ceiling by its line', async () => {
    const text = GATEWAY.replace('xcom.get', 'auditLog.get');
    const file = write('ceiling.yaml', text);
    const { faults } = await check(file);
    expect(faults).toEqual([
      {
        file,
        line: 6,
        message: expect.stringContaining('WORKSPACE_EDITOR may not hold `deployment.airflow.auditLog.get`'),
      },
    ]);
  });

  it('tells the faults of a directory beside those of the configuration', async () => {
    const bad = write(
      'bad-directory.yaml',
      'workspaces:\n  - id: data-team\n    members: [{ user: ada, role: BOSS }]\n',
    );
    const text = `${GATEWAY}roles: { sources: [{ kind: file, path: ./bad-directory.yaml }] }\n`.replace(
      'upstream: http://127.0.0.1:8081',
      'upstream: nowhere',
    );
    const { faults } = await check(write('two.yaml', text));
    expect(faults.some(({ file }) => file === bad)).toBe(true);
    expect(faults.some(({ message }) => message.includes('upstream'))).toBe(true);
  });

  it('warns of a version the catalog was not checked against', async () => {
    const report = await check(write('newer.yaml', GATEWAY.replace('version: "3.3"', 'version: "3.99"')));
    expect(report.faults).toEqual([]);
    expect(formatReport(report)).toMatch(/3\.99.*\(warning\)\nconfiguration is valid$/s);
  });

  it('says where there is no file', async () => {
    const report = await check('/no/such.yaml');
    expect(formatReport(report)).toMatch(/^\/no\/such\.yaml:1 .+\n1 fault$/);
  });

  it('says where a directory file is missing', async () => {
    const text = `${GATEWAY}roles: { sources: [{ kind: file, path: ./gone.yaml }] }\n`;
    const { faults } = await check(write('gone-config.yaml', text));
    expect(faults.some(({ file }) => file.endsWith('/gone.yaml'))).toBe(true);
  });
});
