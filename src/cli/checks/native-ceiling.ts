import type { ServiceConfig } from '../../config/config.js';
import type { Finding } from '../../config/finding.js';
import { holds } from '../../domain/permission.js';
import { higherNativeRole, levelOf, type NativeRole, ROLES, type Role } from '../../domain/role.js';
import type { PermissionOverrides } from '../../policy/grants.js';
import { DEFAULT_ROLE_MAPPING } from '../../policy/native-role.js';
import type { ConfiguredService } from '../compose/services.js';

/**
 * Airflow 1.10-2.x judges again with the stock role in its database, and answers what it refuses with a redirect, on
 * some pages an endless one. So an override may not give a role what its stock role may not run. Airflow 3 takes the
 * role from each assertion, and the one request carries what its rule needs.
 */
export function checkNativeCeiling(service: ConfiguredService, overrides: PermissionOverrides): Finding[] {
  const { config, version } = service;
  if (service.service !== 'airflow' || version.major >= 3 || config.identity.profile === 'none') return [];
  const found = new Map<string, Finding>();
  for (const { rule } of service.routes.entries) {
    const needed = rule.nativeRole;
    if (needed === undefined || rule.never) continue;
    for (const role of ROLES) {
      const mapped = mappedRole(config, role);
      if (higherNativeRole(mapped, needed) === mapped) continue;
      if (!rule.permissions.every((permission) => holds(service.grants[role], permission))) continue;
      const permission = rule.permissions.find((one) => overrides[role]?.[one] === true);
      if (permission === undefined) continue;
      const message = `deployment \`${service.deployment}\`: ${role} may not hold \`${permission}\`, since Airflow ${config.version} gives \`${rule.path}\` to its own role ${needed} at least and this one is mapped to ${mapped}; take the permission away or map the role higher`;
      found.set(`${role} ${permission}`, { path: ['permissions', role, permission], message });
    }
  }
  return [...found.values()];
}

function mappedRole({ identity }: ServiceConfig, role: Role): NativeRole {
  const mapping = 'roleMapping' in identity ? identity.roleMapping : DEFAULT_ROLE_MAPPING;
  return mapping[levelOf(role)];
}
