import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadCatalogs } from '../../src/config/load-catalogs.js';
import { NO_BINDINGS } from '../../src/domain/binding.js';
import type { Decision } from '../../src/domain/decision.js';
import { LEVELS, roleOf, SCOPES } from '../../src/domain/role.js';
import { parseVersion } from '../../src/domain/version.js';
import { compileRoutes } from '../../src/policy/compile.js';
import { decide } from '../../src/policy/decide.js';
import { createDemand, grantsFor } from '../../src/policy/grants.js';

const catalogs = loadCatalogs(resolve(import.meta.dirname, '../../config/catalog'));

describe.each(
  (['airflow', 'flower'] as const).flatMap((product) =>
    catalogs[product].versions.map((version) => [product, version] as const),
  ),
)('law: %s %s', (product, text) => {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(text);
  const grants = grantsFor({ airflow: product === 'airflow' ? version : undefined, flower: version });
  const routes = compileRoutes({ rules: catalogs[product].rules, version, demandOf: createDemand(grants) });
  const at = (index: number, held: (typeof grants)['SYSTEM_ADMIN']): Decision['kind'] => {
    const entry = routes.entries[index];
    if (entry === undefined) throw new RangeError(String(index));
    return decide({
      method: entry.method,
      match: { kind: 'matched', rule: entry.rule, params: {} },
      identity: {
        kind: 'authenticated',
        principal: { kind: 'user', id: 'p', email: undefined, name: undefined, groups: [] },
        credential: 'bearer',
        claims: {},
        expiresAt: undefined,
      },
      bindings: { ...NO_BINDINGS, bindings: [{ scope: 'SYSTEM', level: 'VIEWER', source: 's' }] },
      held,
      openRules: new Set(),
      origin: { kind: 'same-origin' },
    }).kind;
  };

  it('a higher role never loses a route', () => {
    const lost = routes.entries.filter((_, index) =>
      SCOPES.some((scope) => {
        const verdicts = LEVELS.map((level) => at(index, grants[roleOf(scope, level)]));
        return verdicts.join() !== [...verdicts].sort((a, b) => (a === b ? 0 : a === 'deny' ? -1 : 1)).join();
      }),
    );
    expect(lost.map((entry) => entry.rule.id)).toEqual([]);
  });

  it('an Admin is refused only what is never exposed', () => {
    const refused = routes.entries.filter((_, index) => at(index, grants.WORKSPACE_ADMIN) === 'deny');
    expect(refused.filter((entry) => !entry.rule.never).map((entry) => entry.rule.id)).toEqual([]);
  });

  it('writes are no Viewer’s', () => {
    const written = routes.entries.filter(
      (entry, index) => entry.rule.effect === 'write' && at(index, grants.WORKSPACE_VIEWER) === 'allow',
    );
    expect(written.map((entry) => entry.rule.id)).toEqual([]);
  });
});
