import { describe, expect, it } from '@jest/globals';
import { createCatalogService } from '../../../src/cli/compose/catalog-service.js';
import { shippedCatalogs } from '../../../src/cli/compose/load.js';
import { countUnknown, createRouteJudge, type MatrixRow } from '../../../src/cli/matrix/judge-routes.js';
import type { ServiceKind } from '../../../src/domain/deployment.js';
import { SERVICES } from '../../../src/domain/deployment.js';
import { parseVersion } from '../../../src/domain/version.js';
import { TABLES } from '../../catalog/tables.js';
import { catalogRule } from '../../support/rules.js';

const catalogs = shippedCatalogs();

function serviceOf(
  kind: ServiceKind,
  text: string,
  more: Partial<Parameters<typeof createCatalogService>[0]> = {},
) {
  const versions = { airflow: undefined, flower: undefined, [kind]: parseVersion(text) };
  return createCatalogService({ catalogs, kind, versions, ...more });
}

function rowsOf(kind: ServiceKind, text: string, ...methodsAndPaths: readonly string[]): MatrixRow[] {
  const rows = methodsAndPaths.map((line) => {
    const [methods = '', path = ''] = line.split(' ');
    return { methods: methods.split(','), path };
  });
  return createRouteJudge([serviceOf(kind, text)]).tableRows(rows);
}

const short = ({ method, path, rule, verdicts }: MatrixRow) =>
  `${method} ${path} ${rule} ${verdicts.VIEWER} ${verdicts.EDITOR} ${verdicts.ADMIN}`;

describe('a route table', () => {
  it.each(TABLES)('of $name holds no row that no rule names', ({ product, version, rows }) => {
    const judged = createRouteJudge([serviceOf(product, version)]).tableRows(rows);
    expect(judged.length).toBeGreaterThan(20);
    expect(judged.filter(({ rule }) => rule === undefined).map(short)).toEqual([]);
    expect(countUnknown(judged)).toBe(0);
  });

  it('is printed a line for every method and path, without OPTIONS, each once', () => {
    const rows = rowsOf(
      'airflow',
      '3.3',
      'GET,HEAD,OPTIONS /static/{path:path}',
      'GET,POST /static/{path:path}',
    );
    expect(rows.map(short)).toEqual([
      'GET /static/{path:path} static allow allow allow',
      'HEAD /static/{path:path} static allow allow allow',
      'POST /static/{path:path} undefined deny deny deny',
    ]);
  });

  it('is denied to all where it takes what no route takes', () => {
    const rows = rowsOf('airflow', '3.3', 'GET /{rest_of_path:path}', 'GET /api/{_:path}', 'GET /nothing');
    expect(rows.map(short)).toEqual([
      'GET /{rest_of_path:path} not-found deny deny deny',
      'GET /api/{_:path} not-found deny deny deny',
      'GET /nothing undefined deny deny deny',
    ]);
    expect(countUnknown(rows)).toBe(1);
  });

  it('says who may read logs, write, and see the Admin menu', () => {
    const rows = rowsOf(
      'airflow',
      '2.11',
      'GET /home',
      'GET /get_logs_with_metadata',
      'POST /dags/<dag_id>/trigger',
      'GET /variable/list/',
      'POST /variable/action_post',
      'POST /dag_stats',
    );
    expect(rows.map(({ path, verdicts }) => `${path} ${Object.values(verdicts).join(' ')}`)).toEqual([
      '/home allow allow allow',
      '/get_logs_with_metadata deny allow allow',
      '/dags/<dag_id>/trigger deny allow allow',
      '/variable/list/ deny deny allow',
      '/variable/action_post deny deny allow',
      '/dag_stats allow allow allow',
    ]);
  });

  it('takes the stricter answer where a tail may be read two ways', () => {
    const only = catalogRule({ id: 'one', paths: ['/x/{a}'] });
    const judge = createRouteJudge([
      createCatalogService({
        catalogs: { ...catalogs, airflow: { product: 'airflow', versions: ['3.3'], rules: [only] } },
        kind: 'airflow',
        versions: { airflow: parseVersion('3.3'), flower: undefined },
      }),
    ]);
    const [row] = judge.tableRows([{ methods: ['GET'], path: '/x/<path:a>' }]);
    expect(row?.rule).toBeUndefined();
    expect(row?.verdicts.ADMIN).toBe('deny');
  });

  it('finds extra routes of a Deployment behind the catalog', () => {
    const extra = catalogRule({ id: 'my-plugin', paths: ['/my-plugin/{page}'] });
    const services = [serviceOf('airflow', '3.3'), serviceOf('airflow', '3.3', { extraRules: [extra] })];
    const judge = createRouteJudge(services);
    expect(judge.tableRows([{ methods: ['GET'], path: '/my-plugin/{x}' }]).map(short)).toEqual([
      'GET /my-plugin/{x} my-plugin allow allow allow',
    ]);
    const rows = judge.catalogRows();
    expect(rows.filter(({ rule }) => rule === 'my-plugin').map(short)).toEqual([
      'GET /my-plugin/{page} my-plugin allow allow allow',
    ]);
    expect(rows.length).toBe(createRouteJudge(services.slice(0, 1)).catalogRows().length + 1);
  });
});

describe('the catalog itself', () => {
  const lines = SERVICES.flatMap((kind) => catalogs[kind].versions.map((version) => ({ kind, version })));

  it.each(lines)('of $kind $version is printed whole: every rule is reached', ({ kind, version }) => {
    const service = serviceOf(kind, version);
    const rows = createRouteJudge([service]).catalogRows();
    const wanted = service.routes.entries.map(({ method, rule }) => `${method} ${rule.path} ${rule.id}`);
    const shown = rows.map(({ method, path, rule }) => `${method} ${path.replace(/\?.*/, '')} ${rule}`);
    expect(shown.sort()).toEqual([...new Set(wanted)].sort());
  });

  it('shows a rule that a query selects in a row of its own', () => {
    const rows = createRouteJudge([serviceOf('airflow', '3.3')]).catalogRows();
    const wait = rows.filter(({ path }) => path.includes('/dagRuns/{dag_run_id}/wait'));
    expect(wait.map(short)).toEqual([
      'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/wait dag-run-wait allow allow allow',
      'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/wait?result= dag-run-wait-result deny deny allow',
    ]);
  });

  it('denies sign-in and sign-out to all', () => {
    const rows = createRouteJudge([serviceOf('airflow', '2.11')]).catalogRows();
    const own = rows.filter(({ rule }) => rule === 'sign-in' || rule === 'sign-out');
    expect(new Set(own.map(({ rule }) => rule))).toEqual(new Set(['sign-in', 'sign-out']));
    expect(own.every(({ verdicts }) => Object.values(verdicts).join() === 'deny,deny,deny')).toBe(true);
    expect(own.every(({ permissions }) => permissions.length === 0)).toBe(true);
  });

  it('shows Celery arguments to Editors, but not beside Airflow 3', () => {
    const tasks = (airflow: string | undefined) =>
      createRouteJudge([
        createCatalogService({
          catalogs,
          kind: 'flower',
          versions: {
            airflow: airflow === undefined ? undefined : parseVersion(airflow),
            flower: parseVersion('2.2'),
          },
        }),
      ])
        .catalogRows()
        .find(({ path }) => path === '/tasks')?.verdicts.EDITOR;
    expect([tasks(undefined), tasks('2.11'), tasks('3.3')]).toEqual(['allow', 'allow', 'deny']);
  });
});
