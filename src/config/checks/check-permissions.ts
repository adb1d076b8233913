import { missingFrom, type Permission } from '../../domain/permission.js';
import { LEVELS, type Role, roleOf, SCOPES } from '../../domain/role.js';
import { parseVersion } from '../../domain/version.js';
import { type Grants, grantsFor } from '../../policy/grants.js';
import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';

/** Overrides must stay monotone within a scope at every Deployment: VIEWER ⊆ EDITOR ⊆ ADMIN. */
export function checkPermissions(config: Config, nameOf: NameOf): Finding[] {
  const { permissions } = config;
  const versions = config.deployments.map(({ airflow, flower }) => ({
    airflow: airflow && parseVersion(airflow.version),
    flower: flower && parseVersion(flower.version),
  }));
  const nowhere = { airflow: undefined, flower: undefined };
  const found = new Map<string, Finding>();
  for (const at of versions.length === 0 ? [nowhere] : versions) {
    const grants = grantsFor(at, permissions);
    for (const { lower, higher, permission } of losses(grants)) {
      // The cell that somebody wrote is the one to blame.
      const role = permissions[higher]?.[permission] === undefined ? lower : higher;
      const path = ['permissions', role, permission];
      const message = `\`${nameOf(path)}\` gives ${lower} what ${higher} lacks; a higher role must hold all that a lower one holds: change one of the two`;
      found.set(JSON.stringify(path), { path, message });
    }
  }
  return [...found.values()];
}

function losses(grants: Grants): { lower: Role; higher: Role; permission: Permission }[] {
  return SCOPES.flatMap((scope) =>
    LEVELS.slice(1).flatMap((level, index) => {
      const lower = roleOf(scope, LEVELS[index] ?? 'VIEWER');
      const higher = roleOf(scope, level);
      return missingFrom(grants[lower], grants[higher]).map((permission) => ({ lower, higher, permission }));
    }),
  );
}
