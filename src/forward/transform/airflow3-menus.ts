import type { Permission } from '../../domain/permission.js';
import { type BodyTransform, TRANSFORM_LIMIT_BYTES } from './transform.js';

/**
 * The page behind each menu item of Airflow 3 and what opening it takes.
 * Source: airflow-core `api_fastapi/common/types.py` `MenuItem`, 3.0.6-3.3.2.
 */
export const MENU_PERMISSION: ReadonlyMap<string, Permission> = new Map([
  ['Assets', 'deployment.airflow.datasets.get'],
  ['Audit Log', 'deployment.airflow.auditLog.get'],
  ['Config', 'deployment.airflow.config.get'],
  ['Connections', 'deployment.airflow.connection.get'],
  ['Dags', 'deployment.airflow.dag.get'],
  ['Deadlines', 'deployment.airflow.dagRun.get'],
  ['Docs', 'deployment.airflow.docs.get'],
  ['Jobs', 'deployment.airflow.job.get'],
  ['Plugins', 'deployment.airflow.plugin.get'],
  ['Pools', 'deployment.airflow.pool.get'],
  ['Providers', 'deployment.airflow.provider.get'],
  ['Required Actions', 'deployment.airflow.hitl.get'],
  ['Variables', 'deployment.airflow.variable.get'],
  ['XComs', 'deployment.airflow.xcom.get'],
]);

/** What an item takes that no version we read has: nobody below Admin holds it by default. */
const UNKNOWN_ITEM: Permission = 'deployment.airflow.adminMenu.get';
/** The extra items lead to the auth manager's own pages: users, roles, permissions. */
const EXTRA_ITEMS: Permission = 'deployment.airflow.user.get';

/**
 * `GET /ui/auth/menus` names the same items for everybody, since Airflow judges by the stock role we assert. This
 * leaves the items whose page the caller may open. It hides, it does not protect: each page is judged by itself.
 */
export function createAirflow3Menus(allows: (permission: Permission) => boolean): BodyTransform {
  const shows = (item: unknown): boolean =>
    typeof item === 'string' && allows(MENU_PERMISSION.get(item) ?? UNKNOWN_ITEM);
  return {
    name: 'airflow3-menus',
    limitBytes: TRANSFORM_LIMIT_BYTES,
    apply: function filterMenus(body) {
      const menus = parseObject(body);
      if (menus === undefined || !Array.isArray(menus.authorized_menu_items)) return undefined;
      const extra = Array.isArray(menus.extra_menu_items) ? menus.extra_menu_items : [];
      return Buffer.from(
        JSON.stringify({
          ...menus,
          authorized_menu_items: menus.authorized_menu_items.filter(shows),
          extra_menu_items: allows(EXTRA_ITEMS) ? extra : [],
        }),
      );
    },
  };
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
