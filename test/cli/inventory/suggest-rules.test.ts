import { describe, expect, it } from '@jest/globals';
import { createCatalogService } from '../../../src/cli/compose/catalog-service.js';
import { shippedCatalogs } from '../../../src/cli/compose/load.js';
import { renderSuggestions, suggestRules } from '../../../src/cli/inventory/suggest-rules.js';
import type { PermissionOverrides } from '../../../src/policy/grants.js';

const catalogs = shippedCatalogs();

function service(kind: 'airflow' | 'flower' = 'airflow', overrides: PermissionOverrides = {}) {
  const versions = {
    airflow: { major: 3, minor: 3, patch: undefined },
    flower: { major: 2, minor: 2, patch: undefined },
  };
  return createCatalogService({ catalogs, kind, versions, overrides });
}

const suggested = (path: string, ...methods: string[]) =>
  suggestRules(
    methods.map((method) => ({ method, path })),
    service(),
  );

describe('a safe rule for an unknown route', () => {
  it('lets Admins in alone, by what the method does', () => {
    expect(suggested('/my-plugin/items/{item_id}', 'GET', 'PUT', 'PATCH', 'DELETE')).toEqual([
      {
        id: 'my-plugin-items-by-item-id-get',
        methods: ['GET'],
        path: '/my-plugin/items/{item_id}',
        permission: 'deployment.airflow.plugin.get',
        place: 'extraRoutes',
      },
      {
        id: 'my-plugin-items-by-item-id-put-patch',
        methods: ['PUT', 'PATCH'],
        path: '/my-plugin/items/{item_id}',
        permission: 'deployment.airflow.plugin.update',
        place: 'extraRoutes',
      },
      expect.objectContaining({ methods: ['DELETE'], permission: 'deployment.airflow.plugin.delete' }),
    ]);
  });

  it('takes another permission where the first one is not the Admins’ alone', () => {
    const overrides = { WORKSPACE_EDITOR: { 'deployment.airflow.plugin.get': true } } as const;
    const [rule] = suggestRules([{ method: 'GET', path: '/mine' }], service('airflow', overrides));
    expect(rule?.permission).toBe('deployment.airflow.user.get');
  });

  it('is never where nothing is the Admins’ alone', () => {
    const all = ['plugin', 'user', 'config', 'connection'].map((noun) => [
      `deployment.airflow.${noun}.get`,
      true,
    ]);
    const overrides = { SYSTEM_VIEWER: Object.fromEntries(all) };
    const rules = suggestRules([{ method: 'GET', path: '/mine' }], service('airflow', overrides));
    expect(rules[0]?.permission).toBeUndefined();
    expect(renderSuggestions(rules, '3.3')).toContain('    never: true\n');
  });

  it('belongs into the catalog where the catalog knows the path by other methods', () => {
    const [rule] = suggested('/api/v2/dags', 'DELETE');
    expect(rule?.place).toBe('catalog');
    expect(renderSuggestions([...suggested('/api/v2/dags', 'DELETE')], '3.3')).toContain('    since: "3.3"');
  });

  it.each([
    { name: 'part of a segment', path: '/x/{a}.json', pattern: '/x/{part}' },
    { name: 'a name twice', path: '/{a}/{a}', pattern: '/{a}/{a2}' },
    { name: 'what no pattern may hold', path: '/x/a%23b', pattern: '/x/{part}' },
    { name: 'an encoded letter', path: '/x/%C3%A9', pattern: '/x/é' },
    { name: 'a dot segment', path: '/x/..', pattern: '/x/{part}' },
  ])('writes $name as a parameter or plainly', ({ path, pattern }) => {
    expect(suggested(path, 'GET')[0]?.path).toBe(pattern);
  });

  it('gives each rule an id of its own', () => {
    const rules = suggestRules(
      [
        { method: 'GET', path: '/a/b' },
        { method: 'GET', path: '/a-b' },
      ],
      service(),
    );
    expect(rules.map(({ id }) => id)).toEqual(['a-b-get', 'a-b-get-2']);
  });

  it('reads with a permission to change in Flower', () => {
    const rules = suggestRules([{ method: 'POST', path: '/x' }], service('flower'));
    expect(rules[0]?.permission).toBe('deployment.flower.metrics.create');
  });
});
