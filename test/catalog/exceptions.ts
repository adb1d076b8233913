/** Routes whose rule asks less than Airflow's own demand, on purpose. Everything not listed here may only ask more. */
export interface Exception {
  readonly rule: string;
  /** The demand that the rule leaves out, as the route tables write it. */
  readonly need: string;
  readonly reason: string;
}

export const WEAKER_ON_PURPOSE: readonly Exception[] = [
  {
    rule: 'plugins',
    need: 'view::PLUGINS',
    reason: 'every page of Airflow 3 asks it for external views; natively every role may',
  },
  {
    rule: 'plugins-import-errors',
    need: 'view::PLUGINS',
    reason: 'asked beside the plugins by the same pages; natively every role may',
  },
  {
    rule: 'dag-page',
    need: 'can_read.Task Logs',
    reason:
      'Airflow 2.0 to 2.6 asks it for the tab that links to the log; the page itself shows none, and Viewers need it',
  },
  {
    rule: 'dag-data',
    need: 'can_read.Task Logs',
    reason: 'states of tasks as JSON; no log is in it',
  },
  {
    rule: 'profile',
    need: 'can_read.Users',
    reason: 'the view shows the caller alone; a Viewer gets 200 from 2.11.2',
  },
  {
    rule: 'profile',
    need: 'can_userinfo.UserDBModelView',
    reason: 'the view shows the caller alone',
  },
  {
    rule: 'fab-profile',
    need: 'fab:can_userinfo:Users',
    reason: 'the view shows the caller alone',
  },
  {
    rule: 'admin-home',
    need: 'superuser.*',
    reason: 'the list of DAGs asks a login only: `HomeView`, airflow/www/views.py 1.10.15',
  },
];

/** Registered by 1.10.0 to 1.10.2 only, of which there is no table: airflow/www_rbac/views.py, airflow/www/views.py. */
const WRITES_BY_GET = [
  'admin-dag-delete-get',
  'admin-dag-refresh-get',
  'admin-dag-run-clear-get',
  'admin-dag-run-mark-get',
  'admin-dag-trigger-get',
  'admin-task-clear-get',
  'admin-task-mark-get',
  'admin-task-run-get',
  'admin-variable-import-get',
  'dag-delete-get',
  'dag-refresh-get',
  'dag-run-clear-get',
  'dag-run-mark-get',
  'dag-trigger-get',
  'task-clear-get',
  'task-mark-get',
  'task-run-get',
  'variable-import-get',
];

/** Rules that match no row of any table, and why they stand. Pages of Airflow 3 are rows of none: an SPA serves them. */
export const WITHOUT_A_TABLE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(WRITES_BY_GET.map((id) => [id, '1.10.0 to 1.10.2 write by GET'])),
  'task-stats': 'by GET up to 1.10.9; the table is of 1.10.15',
  'internal-api': 'registered where a Deployment isolates its database (2.6 to 2.10)',
  'native-access-denied': 'registered by a security manager of the platform',
  'native-oauth-callback': 'registered by the sign-in backends of 1.10',
  'native-registration': 'registered where FAB lets people register',
  'registration-requests': 'registered where FAB lets people register',
  'registration-request-delete': 'registered where FAB lets people register',
};

/** Rules of Airflow 1 and 2 that the table grants to a level whose stock role may not: Airflow itself then refuses. */
export const ABOVE_THE_CEILING: Readonly<Record<string, string>> = {
  'dataset-queued-events-delete-api':
    'the table gives `datasets.*` to Editors, Airflow 2.9 and later deletes for Op',
  'audit-log': '2.8.2 to 2.8.4 keep it for the Admin already, the table gives it to Editors below 2.9',
};
