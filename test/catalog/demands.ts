import type { Permission } from '../../src/domain/permission.js';

/**
 * Airflow's own demands in our words. A rule is not weaker than Airflow where it asks every permission of every demand
 * of its route. `anyone` = nothing of ours corresponds: Airflow lets any caller or any signed-in caller.
 */
export type Demand = readonly Permission[] | 'anyone' | 'nobody' | 'admin';

type Nouns = Readonly<Record<string, string>>;

/** Airflow 3: the kind of thing, with the part of a DAG it is about. */
const KINDS: Nouns = {
  dag: 'dag',
  'dag:RUN': 'dagRun',
  'dag:TASK_INSTANCE': 'taskInstance',
  'dag:TASK': 'taskInstance',
  'dag:TASK_LOGS': 'taskLog',
  'dag:XCOM': 'xcom',
  'dag:CODE': 'dagCode',
  'dag:DEPENDENCIES': 'dagDependencies',
  'dag:WARNING': 'dag',
  'dag:VERSION': 'dag',
  'dag:AUDIT_LOG': 'auditLog',
  'dag:HITL_DETAIL': 'hitl',
  'event_log:AUDIT_LOG': 'auditLog',
  asset: 'datasets',
  asset_alias: 'datasets',
  backfill: 'backfill',
  'backfill:RUN': 'backfill',
  connection: 'connection',
  pool: 'pool',
  variable: 'variable',
  configuration: 'config',
  'view:JOBS': 'job',
  'view:PLUGINS': 'plugin',
  'view:PROVIDERS': 'provider',
  'view:IMPORT_ERRORS': 'importError',
  'custom_view:Users': 'user',
  'custom_view:Roles': 'user',
  'custom_view:Permissions': 'user',
};

/** FAB's resources, of Airflow 2 and of the FAB provider. */
const RESOURCES: Nouns = {
  DAGs: 'dag',
  'DAG Runs': 'dagRun',
  'DAG Code': 'dagCode',
  'DAG Dependencies': 'dagDependencies',
  'DAG Warnings': 'dag',
  'Task Instances': 'taskInstance',
  'Task Logs': 'taskLog',
  'Task Reschedules': 'taskReschedule',
  Triggers: 'trigger',
  XComs: 'xcom',
  'Audit Logs': 'auditLog',
  Jobs: 'job',
  'SLA Misses': 'slaMiss',
  ImportError: 'importError',
  Datasets: 'datasets',
  'Cluster Activity': 'clusterActivity',
  Configurations: 'config',
  Connections: 'connection',
  Pools: 'pool',
  Variables: 'variable',
  Providers: 'provider',
  Plugins: 'plugin',
  Website: 'website',
  Users: 'user',
  Roles: 'user',
  Permissions: 'user',
  'Permission Views': 'user',
  'View Menus': 'user',
  Passwords: 'user',
  'User Stats Chart': 'user',
  'My Password': 'profile',
  'My Profile': 'profile',
};

/** Model views of Airflow 1.10's RBAC UI. */
const VIEWS: Nouns = {
  ConnectionModelView: 'connection',
  VariableModelView: 'variable',
  PoolModelView: 'pool',
  XComModelView: 'xcom',
  DagModelView: 'dag',
  DagRunModelView: 'dagRun',
  TaskInstanceModelView: 'taskInstance',
  TaskRescheduleModelView: 'taskReschedule',
  JobModelView: 'job',
  SlaMissModelView: 'slaMiss',
  LogModelView: 'auditLog',
  ConfigurationView: 'config',
  UserDBModelView: 'user',
  UserStatsChartView: 'user',
  RoleModelView: 'user',
  PermissionModelView: 'user',
  PermissionViewModelView: 'user',
  ViewMenuModelView: 'user',
  ResetPasswordView: 'user',
  ResetMyPasswordView: 'profile',
  UserInfoEditView: 'profile',
  VersionView: 'website',
  MenuApi: 'website',
};

/** Methods of Airflow 1.10's main view. Each asks for the DAG besides, where it is about one. */
const AIRFLOW_1_VIEWS: Readonly<Record<string, readonly string[]>> = {
  index: ['website.get'],
  blocked: ['dagRun.get'],
  dag_stats: ['dagRun.get'],
  last_dagruns: ['dagRun.get'],
  task_stats: ['taskInstance.get'],
  task_instances: ['taskInstance.get'],
  code: ['dagCode.get'],
  dag_details: ['dag.get'],
  pickle_info: ['dag.get'],
  ...Object.fromEntries(
    ['tree', 'graph', 'duration', 'tries', 'landing_times', 'gantt', 'task'].map((view) => [
      view,
      ['taskInstance.get'],
    ]),
  ),
  log: ['taskLog.get'],
  get_logs_with_metadata: ['taskLog.get'],
  elasticsearch: ['taskLog.get'],
  rendered: ['renderedTemplate.get'],
  extra_links: ['extraLink.get'],
  xcom: ['xcom.get'],
  trigger: ['dagRun.create'],
  run: ['taskInstance.create'],
  clear: ['taskInstance.update'],
  success: ['taskInstance.update'],
  failed: ['taskInstance.update'],
  dagrun_clear: ['dagRun.update'],
  dagrun_success: ['dagRun.update'],
  dagrun_failed: ['dagRun.update'],
  paused: ['dag.update'],
  refresh: ['dag.update'],
  delete: ['dag.delete'],
};

const METHOD_VERBS: Nouns = { GET: 'get', POST: 'create', PUT: 'update', DELETE: 'delete' };

const ACTION_VERBS: Nouns = {
  can_read: 'get',
  can_list: 'get',
  can_show: 'get',
  can_get: 'get',
  can_download: 'get',
  can_chart: 'get',
  can_conf: 'get',
  can_version: 'get',
  can_userinfo: 'get',
  can_this_form_get: 'get',
  varexport: 'get',
  can_create: 'create',
  can_add: 'create',
  can_varimport: 'create',
  copyrole: 'create',
  can_edit: 'update',
  can_this_form_post: 'update',
  can_delete: 'delete',
  muldelete: 'delete',
  can_dag_read: 'get',
  can_dag_edit: 'update',
};

const ANYONE = new Set([
  'none',
  'login',
  'login.*',
  'authenticated',
  // Asked inside the endpoint, by body or query, beside what the table's other demands say.
  'inline:is_authorized_dag',
  'inline:is_authorized_connection',
  'inline:is_authorized_hitl_task',
  'inline:batch_is_authorized_dag',
]);
const NOBODY = new Set(['task-token', 'edge-worker-token', 'fab-refresh-token']);
const ADMIN = new Set(['superuser.*', 'data_profiling.*', 'fab:per-action']);

/** Undefined: this file does not know the demand, and a person has to say what it means. */
export function demandOf(need: string): Demand | undefined {
  if (ANYONE.has(need)) return 'anyone';
  if (NOBODY.has(need)) return 'nobody';
  if (ADMIN.has(need)) return 'admin';
  const words = need.startsWith('fab:')
    ? fabDemand(need)
    : need.includes('.')
      ? flaskDemand(need)
      : fastApiDemand(need);
  return words?.map((word) => `deployment.airflow.${word}` as Permission);
}

function fastApiDemand(need: string): string[] | undefined {
  const [kind = '', method = '', entity = ''] = need.split(':');
  const noun = KINDS[entity === '' ? kind : `${kind}:${entity}`];
  if (noun === undefined) return undefined;
  if (kind === 'view') return [`${noun}.get`];
  if (method === 'per-action') return [`${noun}.create`, `${noun}.update`, `${noun}.delete`];
  const verb = METHOD_VERBS[method];
  return verb === undefined ? undefined : [`${noun}.${verb}`];
}

function fabDemand(need: string): string[] | undefined {
  const [, action = '', resource = ''] = need.split(':');
  return join(RESOURCES[resource], ACTION_VERBS[action]);
}

function flaskDemand(need: string): string[] | undefined {
  const dot = need.indexOf('.');
  const [action, resource] = [need.slice(0, dot), need.slice(dot + 1)];
  if (resource === 'Airflow') return AIRFLOW_1_VIEWS[action.replace(/^can_/, '')]?.slice();
  if (resource === 'all_dags|<dag_id>') return join('dag', ACTION_VERBS[action]);
  return join(RESOURCES[resource] ?? VIEWS[resource], ACTION_VERBS[action] ?? 'update');
}

function join(noun: string | undefined, verb: string | undefined): string[] | undefined {
  return noun === undefined || verb === undefined ? undefined : [`${noun}.${verb}`];
}
