import {
  holds,
  PERMISSIONS,
  type Permission,
  type PermissionSet,
  permissionSet,
} from '../domain/permission.js';
import { LEVELS, type Level, levelOf, ROLES, type Role } from '../domain/role.js';
import { type Version, versionWithin } from '../domain/version.js';

/** The versions a Deployment runs: two cells of the table depend on them. */
export interface DeploymentVersions {
  readonly airflow: Version | undefined;
  readonly flower: Version | undefined;
}

/** `permissions:` of the configuration: single cells of the table, per role. */
export type PermissionOverrides = Partial<Record<Role, Readonly<Partial<Record<Permission, boolean>>>>>;

/** What each role may do at one Deployment. */
export type Grants = Readonly<Record<Role, PermissionSet>>;

type Grant = Level | ((versions: DeploymentVersions) => Level);

const airflow = (noun: string, verbs: string): Permission[] => expand('airflow', noun, verbs);
const flower = (noun: string, verbs: string): Permission[] => expand('flower', noun, verbs);

const AUDIT_KEPT_SINCE: Version = { major: 2, minor: 9, patch: 0 };
const AUDIT_KEPT_UNTIL: Version = { major: 3, minor: 0, patch: 0 };

/** The lowest level that holds the permission by default. What is not listed is ADMIN's. */
const DEFAULTS: readonly (readonly [Grant, readonly Permission[]])[] = [
  [
    'VIEWER',
    [
      ...airflow('website', 'get'),
      ...airflow('browseMenu', 'get'),
      ...airflow('dag', 'get'),
      ...airflow('dagRun', 'get'),
      ...airflow('taskInstance', 'get'),
      ...airflow('dagCode', 'get'),
      ...airflow('dagDependencies', 'get'),
      ...airflow('datasets', 'get'),
      ...airflow('backfill', 'get'),
      ...airflow('importError', 'get'),
      ...airflow('job', 'get'),
      ...airflow('slaMiss', 'get'),
      ...airflow('clusterActivity', 'get'),
      ...airflow('hitl', 'get'),
      ...airflow('docs', 'get'),
      ...airflow('edgeWorker', 'get'),
      ...flower('worker', 'get'),
    ],
  ],
  [
    'EDITOR',
    [
      ...airflow('taskLog', 'get'),
      ...airflow('renderedTemplate', 'get'),
      ...airflow('extraLink', 'get'),
      ...airflow('dagRun', 'create update delete'),
      ...airflow('taskInstance', 'create update delete'),
      ...airflow('dag', 'update delete'),
      ...airflow('backfill', 'create update delete'),
      ...airflow('datasets', 'create update delete'),
      ...airflow('hitl', 'update'),
      ...airflow('favorite', 'update'),
    ],
  ],
  // Airflow 2.9-2.11 gives the audit log to its Admin alone and answers others with an endless redirect.
  [
    ({ airflow: version }) =>
      version && versionWithin(version, AUDIT_KEPT_SINCE, AUDIT_KEPT_UNTIL) ? 'ADMIN' : 'EDITOR',
    airflow('auditLog', 'get'),
  ],
  // Beside Airflow 3 the arguments of a Celery task hold a live Execution API token.
  [({ airflow: version }) => (version && version.major >= 3 ? 'ADMIN' : 'EDITOR'), flower('task', 'get')],
];

/**
 * The permissions of every role at a Deployment that runs these versions: the defaults, then the overrides.
 * Overrides name full roles, so a Workspace's Editor can differ from a Deployment's.
 */
export function grantsFor(versions: DeploymentVersions, overrides: PermissionOverrides = {}): Grants {
  const lowest = lowestLevels(versions);
  return Object.fromEntries(
    ROLES.map((role) => {
      const cells = overrides[role] ?? {};
      const rank = LEVELS.indexOf(levelOf(role));
      const held = PERMISSIONS.filter(
        (permission) => cells[permission] ?? rank >= LEVELS.indexOf(lowest.get(permission) ?? 'ADMIN'),
      );
      return [role, permissionSet(held)];
    }),
  ) as Record<Role, PermissionSet>;
}

/** Orders demands: how many roles lack one of the permissions. */
export function createDemand(grants: Grants): (permissions: readonly Permission[]) => number {
  return (permissions) =>
    ROLES.filter((role) => permissions.some((permission) => !holds(grants[role], permission))).length;
}

function lowestLevels(versions: DeploymentVersions): ReadonlyMap<Permission, Level> {
  return new Map(
    DEFAULTS.flatMap(([grant, permissions]) => {
      const level = typeof grant === 'function' ? grant(versions) : grant;
      return permissions.map((permission) => [permission, level] as const);
    }),
  );
}

function expand(product: 'airflow' | 'flower', noun: string, verbs: string): Permission[] {
  return verbs.split(' ').map((verb) => `deployment.${product}.${noun}.${verb}` as Permission);
}
