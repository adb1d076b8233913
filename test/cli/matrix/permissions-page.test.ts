import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { shippedCatalogs } from '../../../src/cli/compose/load.js';
import { renderPermissionsPage } from '../../../src/cli/matrix/permissions-page.js';
import { cellsOf } from '../../../src/cli/matrix/version-cells.js';
import { SERVICES } from '../../../src/domain/deployment.js';
import { catalogRule } from '../../support/rules.js';

const catalogs = shippedCatalogs();

describe('docs/permissions.md', () => {
  it('is in step with the catalog', () => {
    const file = join(import.meta.dirname, '../../../docs/permissions.md');
    if (readFileSync(file, 'utf8') !== renderPermissionsPage(catalogs))
      throw new Error('docs/permissions.md is not what the catalog makes; run `npm run docs`');
  });

  it('names every rule', () => {
    const page = renderPermissionsPage(catalogs);
    const ids = SERVICES.flatMap((kind) => catalogs[kind].rules).map(({ id }) => id);
    expect(ids.filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
  });

  it('says where a cell depends on the version', () => {
    const page = renderPermissionsPage(catalogs);
    expect(page).toContain('| `auditLog.get` | view the audit log | – | yes; not in 2.9 to 2.11 | yes |');
    expect(page).toContain('yes; not beside Airflow from 3.0 on | yes |');
  });

  it('lists what an advisory raised, for which versions', () => {
    const rule = catalogRule({
      id: 'wait',
      advisory: 'CVE-2026-34538',
      since: { major: 3, minor: 1, patch: undefined },
      until: { major: 3, minor: 1, patch: 9 },
      permissions: ['deployment.airflow.xcom.get', 'deployment.airflow.dagRun.get'],
      why: 'reads XComs',
    });
    const page = renderPermissionsPage({
      ...catalogs,
      airflow: { ...catalogs.airflow, rules: [...catalogs.airflow.rules, rule] },
    });
    expect(page).toContain(
      '| CVE-2026-34538 | Airflow from 3.1 before 3.1.9 | `wait` | `xcom.get` + `dagRun.get` | reads XComs |',
    );
  });
});

describe('a cell of the table', () => {
  const of = cellsOf(catalogs);

  it('is the same in all versions for most', () => {
    expect(of('deployment.airflow.taskLog.get')).toEqual({
      VIEWER: { held: false, except: '' },
      EDITOR: { held: true, except: '' },
      ADMIN: { held: true, except: '' },
    });
  });

  it('names the versions in which it is the other way round', () => {
    expect(of('deployment.airflow.auditLog.get').EDITOR).toEqual({ held: true, except: '2.9 to 2.11' });
    expect(of('deployment.flower.task.get').EDITOR).toEqual({ held: true, except: 'from 3.0 on' });
  });
});
