import { higherNativeRole, type Level, levelOf, type NativeRole, type Role } from '../domain/role.js';
import type { Rule } from '../domain/route.js';

/** Which stock role of Airflow stands for each level. */
export type RoleMapping = Readonly<Record<Level, NativeRole>>;

export const DEFAULT_ROLE_MAPPING: RoleMapping = { VIEWER: 'Viewer', EDITOR: 'User', ADMIN: 'Admin' };

/**
 * The stock role to assert for one allowed request. Airflow 3 takes the role from each token, so where a rule needs
 * more than the mapped role this one request carries it (`perRequest`); older ones keep it in a database row.
 */
export function assertedRole(
  role: Role,
  rule: Rule,
  options: { readonly mapping: RoleMapping; readonly perRequest: boolean },
): NativeRole {
  const mapped = options.mapping[levelOf(role)];
  return options.perRequest && rule.nativeRole !== undefined
    ? higherNativeRole(mapped, rule.nativeRole)
    : mapped;
}
