import { describe, expect, it } from '@jest/globals';
import type { Permission } from '../../../src/domain/permission.js';
import { createAirflow3Menus, MENU_PERMISSION } from '../../../src/forward/transform/airflow3-menus.js';

/** As Airflow 3.3.2 answers everybody. */
const ITEMS = [
  ...[
    'Required Actions',
    'Assets',
    'Audit Log',
    'Config',
    'Connections',
    'Dags',
    'Deadlines',
    'Docs',
    'Jobs',
  ],
  ...['Plugins', 'Pools', 'Providers', 'Variables', 'XComs'],
];
const USERS = { text: 'Users', href: '/security/users' };

function menusFor(
  held: readonly Permission[],
  document: unknown = { authorized_menu_items: ITEMS, extra_menu_items: [USERS] },
) {
  const changed = createAirflow3Menus((permission) => held.includes(permission)).apply(
    Buffer.from(JSON.stringify(document)),
  );
  return changed === undefined ? undefined : JSON.parse(changed.toString('utf8'));
}

describe('the menus of Airflow 3', () => {
  it('know every item that Airflow names', () => {
    expect([...MENU_PERMISSION.keys()].sort()).toEqual([...ITEMS].sort());
  });

  it.each([...MENU_PERMISSION])('show %s to whoever holds %s', (item, permission) => {
    expect(menusFor([permission]).authorized_menu_items).toEqual([item]);
  });

  it('show nothing to nobody', () => {
    expect(menusFor([])).toEqual({ authorized_menu_items: [], extra_menu_items: [] });
  });

  it('keep the order and other members', () => {
    const menus = menusFor(['deployment.airflow.xcom.get', 'deployment.airflow.datasets.get'], {
      authorized_menu_items: ['XComs', 'Assets', 'Pools'],
      total: 3,
    });
    expect(menus).toEqual({ authorized_menu_items: ['XComs', 'Assets'], extra_menu_items: [], total: 3 });
  });

  it('show an item of a newer Airflow to Admins alone', () => {
    const document = { authorized_menu_items: ['Time Travel', 7, null], extra_menu_items: [] };
    expect(menusFor(['deployment.airflow.dag.get'], document).authorized_menu_items).toEqual([]);
    expect(menusFor(['deployment.airflow.adminMenu.get'], document).authorized_menu_items).toEqual([
      'Time Travel',
    ]);
  });

  it('show the auth manager`s own pages to whoever may see users', () => {
    expect(menusFor(['deployment.airflow.user.get']).extra_menu_items).toEqual([USERS]);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no items', '{"extra_menu_items":[]}'],
    ['items that are no list', '{"authorized_menu_items":"Pools"}'],
  ])('are not recognised in %s', (_name, body) => {
    expect(createAirflow3Menus(() => true).apply(Buffer.from(body))).toBeUndefined();
  });

  it('are not recognised in bytes that are no UTF-8', () => {
    const body = Buffer.concat([
      Buffer.from('{"authorized_menu_items":["'),
      Buffer.from([0xff]),
      Buffer.from('"]}'),
    ]);
    expect(createAirflow3Menus(() => true).apply(body)).toBeUndefined();
  });
});
