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

/** Rules that match no row of any table, and why they stand. */
export const WITHOUT_A_TABLE: Readonly<Record<string, string>> = {};
