import { describe, expect, it } from '@jest/globals';
import { type MatrixOptions, matrix } from '../../../src/cli/commands/matrix.js';
import { createFiles, DIRECTORY, GATEWAY } from './fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);
const config = write('gateway.yaml', GATEWAY);
const routes = write(
  'routes.json',
  JSON.stringify({
    product: 'airflow',
    version: '3.3.2',
    routes: [
      { methods: ['GET'], path: '/my-plugin/{x}' },
      { methods: ['GET'], path: '/api/v2/dags/{d}/dagRuns/{r}/taskInstances/{t}/xcomEntries' },
    ],
  }),
);

interface Row {
  readonly path: string;
  readonly rule: string | null;
  readonly EDITOR: string;
}

async function rowsOf(options: Omit<MatrixOptions, 'format'>): Promise<Row[]> {
  return JSON.parse((await matrix({ ...options, format: 'json' })).text);
}

describe('matrix', () => {
  it('judges a route table by the version the table was read from', async () => {
    expect(await rowsOf({ routes })).toMatchObject([
      { rule: null, EDITOR: 'deny' },
      { rule: expect.any(String), EDITOR: 'deny' },
    ]);
  });

  it('applies the overrides and extra routes of a configuration', async () => {
    expect(await rowsOf({ routes, config })).toMatchObject([
      { rule: 'my-plugin', EDITOR: 'deny' },
      { rule: expect.any(String), EDITOR: 'allow' },
    ]);
  });

  it('leaves out the extra routes of another version', async () => {
    const [plugin] = await rowsOf({ routes, config, airflow: '3.2' });
    expect(plugin?.rule).toBeNull();
  });

  it('shows the routes of Flower where both versions are given', async () => {
    const rows = await rowsOf({ flower: '2.2', airflow: '3.3' });
    expect(rows.find(({ path }) => path === '/tasks')?.EDITOR).toBe('deny');
  });

  it('warns of a version newer than the catalog, and judges it by the newest', async () => {
    const { warnings, text } = await matrix({ airflow: '3.99', format: 'table' });
    expect(warnings).toEqual([expect.stringContaining('was not checked against airflow 3.99')]);
    expect(text).toContain('/api/v2/variables');
    expect((await matrix({ airflow: '3.3', format: 'table' })).warnings).toEqual([]);
  });

  it.each([
    { name: 'no version', options: {}, message: 'no version was given; add --airflow' },
    { name: 'an older one', options: { airflow: '1.9' }, message: 'is older than the catalog knows' },
    { name: 'a malformed one', options: { flower: 'two' }, message: '`two` is no version of flower' },
    { name: 'a file that is not there', options: { routes: '/no/such' }, message: 'cannot be read' },
    {
      name: 'a configuration that is not there',
      options: { airflow: '3.3', config: '/no/such' },
      message: '/no/such',
    },
  ])('refuses $name', async ({ options, message }) => {
    await expect(matrix({ ...options, format: 'table' })).rejects.toThrow(message);
  });
});
