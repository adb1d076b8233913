/** How much a role may do, lowest first. */
export const LEVELS = ['VIEWER', 'EDITOR', 'ADMIN'] as const;
export type Level = (typeof LEVELS)[number];

/** Where a role is held: at one Deployment, at a Workspace (all its Deployments) or everywhere. */
export const SCOPES = ['DEPLOYMENT', 'WORKSPACE', 'SYSTEM'] as const;
export type Scope = (typeof SCOPES)[number];

export type Role = `${Scope}_${Level}`;

export const ROLES: readonly Role[] = SCOPES.flatMap((scope) => LEVELS.map((level) => roleOf(scope, level)));

export function roleOf(scope: Scope, level: Level): Role {
  return `${scope}_${level}`;
}

export function levelOf(role: Role): Level {
  return role.slice(role.indexOf('_') + 1) as Level;
}

export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

export function isLevel(value: unknown): value is Level {
  return LEVELS.some((level) => level === value);
}

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

/** The stock roles of Airflow itself, lowest first (airflow/www/security.py; SimpleAuthManagerRole in 3.x). */
export const NATIVE_ROLES = ['Viewer', 'User', 'Op', 'Admin'] as const;
export type NativeRole = (typeof NATIVE_ROLES)[number];

export function higherNativeRole(a: NativeRole, b: NativeRole): NativeRole {
  return NATIVE_ROLES.indexOf(a) >= NATIVE_ROLES.indexOf(b) ? a : b;
}
