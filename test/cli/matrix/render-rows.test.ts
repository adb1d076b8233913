import { describe, expect, it } from '@jest/globals';
import type { MatrixRow } from '../../../src/cli/matrix/judge-routes.js';
import { renderRows } from '../../../src/cli/matrix/render-rows.js';

const row = (fields: Partial<MatrixRow>): MatrixRow => ({
  method: 'GET',
  path: '/x',
  rule: 'x',
  permissions: ['deployment.airflow.dag.get'],
  public: false,
  advisory: undefined,
  verdicts: { VIEWER: 'deny', EDITOR: 'allow', ADMIN: 'allow' },
  ...fields,
});
const none = { VIEWER: 'deny', EDITOR: 'deny', ADMIN: 'deny' } as const;

const rows = [
  row({ path: '/health', rule: 'health', public: true }),
  row({
    method: 'POST',
    path: '/a|b,"c"',
    advisory: 'CVE-2026-34538',
    permissions: ['deployment.airflow.xcom.get', 'deployment.airflow.dagRun.get'],
  }),
  row({ path: '/nothing', rule: undefined, permissions: [], verdicts: none }),
];

describe('the matrix', () => {
  it('as JSON has exactly the promised members, null where there is nothing', () => {
    const [first, second, third] = JSON.parse(renderRows(rows, 'json'));
    expect(first).toEqual({
      method: 'GET',
      path: '/health',
      rule: 'health',
      permission: 'deployment.airflow.dag.get',
      public: true,
      VIEWER: 'deny',
      EDITOR: 'allow',
      ADMIN: 'allow',
    });
    expect(second).toMatchObject({ permission: 'deployment.airflow.xcom.get', advisory: 'CVE-2026-34538' });
    expect(third).toMatchObject({ rule: null, permission: null, public: false, ADMIN: 'deny' });
    expect(JSON.parse(renderRows([], 'json'))).toEqual([]);
  });

  it('as a table is aligned, names all demands without their prefix, and counts', () => {
    expect(renderRows(rows, 'table').split('\n')).toEqual([
      'method  path      rule                    permission             VIEWER  EDITOR  ADMIN',
      'GET     /health   health (may be public)  dag.get                deny    allow   allow',
      'POST    /a|b,"c"  x (CVE-2026-34538)      xcom.get + dagRun.get  deny    allow   allow',
      'GET     /nothing  unknown                 -                      deny    deny    deny',
      '',
      '3 rows, 1 unknown; permissions are those of `deployment.airflow.`',
    ]);
  });

  it('as Markdown escapes what would end a cell', () => {
    expect(renderRows(rows, 'markdown').split('\n')[3]).toBe(
      '| POST | `/a\\|b,"c"` | x (CVE-2026-34538) | `deployment.airflow.xcom.get + deployment.airflow.dagRun.get` | deny | allow | allow |',
    );
  });

  it('as CSV quotes what would end a cell', () => {
    expect(renderRows(rows, 'csv').split('\n')).toEqual([
      'method,path,rule,permission,public,advisory,VIEWER,EDITOR,ADMIN',
      'GET,/health,health,deployment.airflow.dag.get,true,,deny,allow,allow',
      'POST,"/a|b,""c""",x,deployment.airflow.xcom.get deployment.airflow.dagRun.get,false,CVE-2026-34538,deny,allow,allow',
      'GET,/nothing,,,false,,deny,deny,deny',
    ]);
  });
});
