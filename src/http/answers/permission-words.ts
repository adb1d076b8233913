import { PERMISSIONS, type Permission, type Verb, verbOf } from '../../domain/permission.js';
import { type Level, levelOf, type Role, type Scope } from '../../domain/role.js';

/** A permission without its verb, as `airflow.taskLog`. */
type Noun = Permission extends `deployment.${infer Rest}`
  ? Rest extends `${infer N}.${Verb}`
    ? N
    : never
  : never;

const VERB_WORDS = {
  get: 'view',
  create: 'create',
  update: 'change',
  delete: 'delete',
} as const satisfies Record<Verb, string>;

const NOUN_WORDS = {
  'airflow.adminMenu': 'the Admin menu',
  'airflow.auditLog': 'the audit log',
  'airflow.browseMenu': 'the Browse menu',
  'airflow.clusterActivity': 'cluster activity',
  'airflow.configMenu': 'the configuration menu',
  'airflow.connection': 'connections',
  'airflow.dag': 'DAGs',
  'airflow.dagCode': 'DAG code',
  'airflow.dagDependencies': 'DAG dependencies',
  'airflow.dagRun': 'DAG runs',
  'airflow.datasets': 'datasets and assets',
  'airflow.docs': 'the API documentation',
  'airflow.importError': 'import errors',
  'airflow.job': 'jobs',
  'airflow.plugin': 'plugins',
  'airflow.pool': 'pools',
  'airflow.provider': 'providers',
  'airflow.slaMiss': 'SLA misses',
  'airflow.taskInstance': 'task instances',
  'airflow.taskLog': 'task logs',
  'airflow.taskReschedule': 'task reschedules',
  'airflow.trigger': 'triggers',
  'airflow.user': 'users and roles',
  'airflow.variable': 'variables',
  'airflow.website': 'the Airflow UI',
  'airflow.xcom': 'XComs',
  'airflow.backfill': 'backfills',
  'airflow.config': 'the configuration',
  'airflow.edgeWorker': 'edge workers',
  'airflow.extraLink': 'extra links of tasks',
  'airflow.favorite': 'favorite DAGs',
  'airflow.hitl': 'questions that tasks ask people',
  'airflow.profile': 'Airflow’s own user profile',
  'airflow.renderedTemplate': 'rendered templates',
  'airflow.stateStore': 'the task and asset state store',
  'flower.worker': 'Celery workers',
  'flower.task': 'Celery tasks and their arguments',
  'flower.control': 'the control of Celery workers',
  'flower.metrics': 'Celery metrics',
} as const satisfies Record<Noun, string>;

/** Where verb and noun together would not say what people call it. */
const PHRASES: Partial<Record<Permission, string>> = {
  'deployment.airflow.backfill.create': 'start backfills',
  'deployment.airflow.backfill.update': 'pause or cancel backfills',
  'deployment.airflow.dag.update': 'pause, unpause or change DAGs',
  'deployment.airflow.dagRun.create': 'trigger DAG runs',
  'deployment.airflow.dagRun.update': 'mark, clear or annotate DAG runs',
  'deployment.airflow.datasets.create': 'create asset events or materialize assets',
  'deployment.airflow.edgeWorker.update': 'control edge workers',
  'deployment.airflow.favorite.update': 'mark DAGs as favorites',
  'deployment.airflow.hitl.update': 'answer questions that tasks ask people',
  'deployment.airflow.taskInstance.update': 'mark, clear or annotate task instances',
  'deployment.flower.control.update': 'control Celery workers and tasks',
};

/** Every permission in words that follow "to": "view task logs", "trigger DAG runs". */
export const PERMISSION_WORDS = Object.fromEntries(
  PERMISSIONS.map((permission) => [permission, PHRASES[permission] ?? compose(permission)]),
) as Readonly<Record<Permission, string>>;

const SCOPE_WORDS = {
  DEPLOYMENT: 'Deployment',
  WORKSPACE: 'Workspace',
  SYSTEM: 'System',
} as const satisfies Record<Scope, string>;
const LEVEL_WORDS = { VIEWER: 'Viewer', EDITOR: 'Editor', ADMIN: 'Admin' } as const satisfies Record<
  Level,
  string
>;

/** A role as people call it: "Workspace Viewer". */
export function roleWords(role: Role): string {
  const scope = role.slice(0, role.indexOf('_')) as Scope;
  return `${SCOPE_WORDS[scope]} ${LEVEL_WORDS[levelOf(role)]}`;
}

function compose(permission: Permission): string {
  const noun = permission.slice('deployment.'.length, permission.lastIndexOf('.')) as Noun;
  return `${VERB_WORDS[verbOf(permission)]} ${NOUN_WORDS[noun]}`;
}
