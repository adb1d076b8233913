const VERBS = ['get', 'create', 'update', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

/** Astronomer's vocabulary first, then the nouns this project adds beside it. */
const AIRFLOW_NOUNS = [
  'adminMenu',
  'auditLog',
  'browseMenu',
  'clusterActivity',
  'configMenu',
  'connection',
  'dag',
  'dagCode',
  'dagDependencies',
  'dagRun',
  'datasets',
  'docs',
  'importError',
  'job',
  'plugin',
  'pool',
  'provider',
  'slaMiss',
  'taskInstance',
  'taskLog',
  'taskReschedule',
  'trigger',
  'user',
  'variable',
  'website',
  'xcom',
  'backfill',
  'config',
  'edgeWorker',
  'extraLink',
  'favorite',
  'hitl',
  'profile',
  'renderedTemplate',
  'stateStore',
] as const;
const FLOWER_NOUNS = ['worker', 'task', 'control', 'metrics'] as const;

export type Permission =
  | `deployment.airflow.${(typeof AIRFLOW_NOUNS)[number]}.${Verb}`
  | `deployment.flower.${(typeof FLOWER_NOUNS)[number]}.${Verb}`;

export const PERMISSIONS: readonly Permission[] = [
  ...AIRFLOW_NOUNS.flatMap((noun) => VERBS.map((verb) => `deployment.airflow.${noun}.${verb}` as const)),
  ...FLOWER_NOUNS.flatMap((noun) => VERBS.map((verb) => `deployment.flower.${noun}.${verb}` as const)),
];

const INDEX: ReadonlyMap<string, number> = new Map(
  PERMISSIONS.map((permission, index) => [permission, index]),
);

export function isPermission(value: unknown): value is Permission {
  return typeof value === 'string' && INDEX.has(value);
}

export function verbOf(permission: Permission): Verb {
  return permission.slice(permission.lastIndexOf('.') + 1) as Verb;
}

/** A set of permissions as bits; made by {@link permissionSet} and {@link unionOf} only. */
export interface PermissionSet {
  readonly words: Uint32Array;
}

const WORDS = Math.ceil(PERMISSIONS.length / 32);

export const NO_PERMISSIONS: PermissionSet = { words: new Uint32Array(WORDS) };

export function permissionSet(permissions: Iterable<Permission>): PermissionSet {
  const words = new Uint32Array(WORDS);
  for (const permission of permissions) {
    const index = indexOf(permission);
    words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31));
  }
  return { words };
}

export function unionOf(sets: Iterable<PermissionSet>): PermissionSet {
  const words = new Uint32Array(WORDS);
  for (const set of sets) {
    for (let i = 0; i < WORDS; i++) words[i] = (words[i] ?? 0) | (set.words[i] ?? 0);
  }
  return { words };
}

export function holds(set: PermissionSet, permission: Permission): boolean {
  const index = indexOf(permission);
  return (((set.words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
}

/** Permissions of `a` that `b` lacks, in vocabulary order. */
export function missingFrom(a: PermissionSet, b: PermissionSet): Permission[] {
  return PERMISSIONS.filter((permission) => holds(a, permission) && !holds(b, permission));
}

function indexOf(permission: Permission): number {
  const index = INDEX.get(permission);
  if (index === undefined) throw new RangeError(`unknown permission \`${permission}\``);
  return index;
}
