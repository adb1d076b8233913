import type { Verdicts } from './verdicts.js';

export const AIRFLOW_3_VERDICTS: readonly Verdicts[] = [
  {
    about: 'Airflow 3: the shell and what every page asks',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      VIEWER GET /
      VIEWER GET /api/v2/monitor/health
      VIEWER GET /api/v2/version
      VIEWER GET /static/assets/index.js
      VIEWER GET /ui/config
      VIEWER GET /ui/auth/menus
      VIEWER GET /api/v2/plugins
      VIEWER HEAD /static/assets/index.js
      VIEWER GET /docs
      VIEWER GET /redoc
      VIEWER GET /openapi.json
      VIEWER GET /dags
      VIEWER GET /dags/d
      VIEWER GET /dags/d/
      VIEWER GET /dags/d/runs/r/tasks/t
      VIEWER GET /dags/d/runs/r/tasks/t/rendered_templates
      VIEWER GET /assets
      unknown GET /nothing/here
      unknown GET /api/v2/nothing
      unknown POST /
      unknown GET /api/v1/dags
    `,
  },
  {
    about: 'Airflow 3: reads',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      VIEWER GET /api/v2/dags
      VIEWER GET /api/v2/dags/d
      VIEWER GET /api/v2/dagSources/d
      VIEWER GET /ui/dependencies
      VIEWER GET /ui/grid/runs/d
      VIEWER GET /api/v2/dags/d/dagRuns/r
      VIEWER GET /api/v2/dags/~/dagRuns
      VIEWER GET /api/v2/dags/%7E/dagRuns
      VIEWER GET /api/v2/dags/d/dagRuns/r/taskInstances/t
      VIEWER GET /api/v2/dags/d/dagRuns/r/taskInstances/t/-1
      VIEWER GET /api/v2/assets
      VIEWER GET /api/v2/assets/events
      VIEWER GET /api/v2/backfills
      VIEWER GET /api/v2/importErrors
      VIEWER GET /api/v2/jobs
    `,
  },
  {
    about: 'Airflow 3: reads by POST',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      VIEWER POST /api/v2/dags/~/dagRuns/list
      VIEWER POST /api/v2/dags/d/dagRuns/list
      VIEWER POST /api/v2/dags/~/dagRuns/~/taskInstances/list
    `,
  },
  {
    about: 'Airflow 3: logs, links and the audit log begin with the Editor',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      EDITOR GET /api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1
      EDITOR GET /api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1?full_content=true
      EDITOR HEAD /api/v2/dags/d/dagRuns/r/taskInstances/t/logs/1
      EDITOR GET /api/v2/dags/d/dagRuns/r/taskInstances/t/links
      EDITOR GET /api/v2/eventLogs
      EDITOR GET /api/v2/eventLogs/1
      EDITOR GET /events
      EDITOR GET /dags/d/events
      EDITOR GET /dags/d/runs/r/tasks/t/mapped/0/events
    `,
  },
  {
    about: 'Airflow 3: writes begin with the Editor',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      EDITOR POST /api/v2/dags/d/dagRuns
      EDITOR PATCH /api/v2/dags
      EDITOR PATCH /api/v2/dags/d
      EDITOR DELETE /api/v2/dags/d
      EDITOR PATCH /api/v2/dags/d/dagRuns/r
      EDITOR DELETE /api/v2/dags/d/dagRuns/r
      EDITOR POST /api/v2/dags/d/dagRuns/r/clear
      EDITOR POST /api/v2/dags/d/clearTaskInstances
      EDITOR PATCH /api/v2/dags/d/dagRuns/r/taskInstances/t
      EDITOR PATCH /api/v2/dags/d/dagRuns/r/taskInstances/t/0
      EDITOR PATCH /api/v2/dags/d/dagRuns/r/taskInstances/t/dry_run
      EDITOR POST /api/v2/backfills
      EDITOR POST /api/v2/backfills/dry_run
      EDITOR PUT /api/v2/backfills/1/cancel
      EDITOR POST /api/v2/assets/events
      EDITOR POST /api/v2/assets/1/materialize
      EDITOR DELETE /api/v2/assets/1/queuedEvents
      EDITOR PUT /api/v2/parseDagFile/token
    `,
  },
  {
    about: 'Airflow 3: the Admin menu by every path',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      ADMIN GET /variables
      ADMIN GET /pools
      ADMIN GET /connections
      ADMIN GET /configs
      ADMIN GET /providers
      ADMIN GET /plugins
      ADMIN GET /xcoms
      ADMIN GET /security/users
      ADMIN GET /api/v2/variables
      ADMIN GET /api/v2/variables/
      ADMIN GET /api/v2/variables/a
      ADMIN GET /api/v2/variables/a/b
      ADMIN GET /api/v2/variables/a%2Fb
      ADMIN POST /api/v2/variables
      ADMIN PATCH /api/v2/variables
      ADMIN PATCH /api/v2/variables/
      ADMIN PATCH /api/v2/variables/a
      ADMIN DELETE /api/v2/variables/a
      ADMIN GET /api/v2/pools
      ADMIN GET /api/v2/pools/a/b
      ADMIN PATCH /api/v2/pools
      ADMIN GET /api/v2/connections
      ADMIN GET /api/v2/connections/test
      ADMIN POST /api/v2/connections/test
      ADMIN PATCH /api/v2/connections
      ADMIN POST /api/v2/connections/defaults
      ADMIN GET /ui/connections/hook_meta
      ADMIN GET /api/v2/config
      ADMIN GET /api/v2/config/section/core/option/fernet_key
      ADMIN GET /api/v2/providers
      ADMIN GET /auth/users/list/
      ADMIN GET /auth/fab/v1/users
      ADMIN POST /auth/roles/action_post
      ADMIN GET /auth/users/userinfo/
    `,
  },
  {
    about: 'Airflow 3: XCom values anywhere',
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      ADMIN GET /api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries
      ADMIN GET /api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries/return_value
      ADMIN GET /api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries/a/b
      ADMIN GET /api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries/tries
      ADMIN GET /api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries
      ADMIN POST /api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries
      ADMIN GET /dags/d/runs/r/tasks/t/xcom
      ADMIN GET /dags/d/runs/r/tasks/t/mapped/0/xcom
    `,
  },
  {
    about: "Airflow 3: the edge worker's UI and API",
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      VIEWER GET /edge_worker/ui/worker
      VIEWER GET /edge_worker/ui/jobs
      ADMIN POST /edge_worker/ui/worker/w/maintenance
      ADMIN PATCH /edge_worker/ui/worker/w/maintenance
      ADMIN DELETE /edge_worker/ui/worker/w/maintenance
      ADMIN POST /edge_worker/ui/worker/w/shutdown
      ADMIN DELETE /edge_worker/ui/worker/w
      ADMIN PUT /edge_worker/ui/worker/w/queues/q
      ADMIN PATCH /edge_worker/ui/worker/w/concurrency
      nobody POST /edge_worker/v1/jobs/fetch/w
      nobody GET /edge_worker/v1/docs
    `,
  },
  {
    about: "Airflow 3: nobody's",
    product: 'airflow',
    versions: ['3.0.6', '3.1.8', '3.2.2', '3.3.2', '3.3'],
    rows: `
      nobody GET /execution/variables/x
      nobody POST /execution/task-instances/1/run
      nobody GET /execution/docs
      nobody GET /execution
      nobody GET /api/v2/auth/login
      nobody GET /api/v2/auth/login?next=/dags
      nobody GET /api/v2/auth/logout
      nobody GET /auth/login
      nobody POST /auth/login/
      nobody GET /auth/logout
      nobody POST /auth/token
      nobody POST /auth/token/cli
      nobody GET /auth/token/login
      nobody POST /auth/api/v1/security/login
      nobody GET /auth/some-page
    `,
  },
  {
    about: 'Airflow 3.0 alone',
    product: 'airflow',
    versions: ['3.0.6', '3.0'],
    rows: `
      unknown GET /api/v2/dags/d/dagRuns/r/wait
      unknown POST /api/v2/dags/d/favorite
      unknown POST /ui/auth/token
      unknown PATCH /api/v2/dags/d/dagRuns/r/taskInstances/t/-1/hitlDetails
      unknown GET /required_actions
      VIEWER GET /ui/grid/d
    `,
  },
  {
    about: 'Airflow 3.1 and later',
    product: 'airflow',
    versions: ['3.1.8', '3.2.2', '3.3.2', '3.1', '3.3'],
    rows: `
      VIEWER GET /api/v2/dags/d/dagRuns/r/wait
      VIEWER GET /api/v2/dags/d/dagRuns/r/wait?interval=1
      ADMIN GET /api/v2/dags/d/dagRuns/r/wait?interval=1&result=t
      ADMIN GET /api/v2/dags/d/dagRuns/r/wait?result=
      ADMIN GET /api/v2/dags/d/dagRuns/r/wait?%72esult=t
      EDITOR GET /api/v2/dags/d/dagRuns/r/taskInstances/t/externalLogUrl/1
      EDITOR POST /api/v2/dags/d/favorite
      EDITOR POST /api/v2/dags/d/unfavorite
      VIEWER GET /api/v2/dags/~/dagRuns/~/hitlDetails
      VIEWER GET /api/v2/dags/d/dagRuns/r/taskInstances/t/-1/hitlDetails
      EDITOR PATCH /api/v2/dags/d/dagRuns/r/taskInstances/t/-1/hitlDetails
      VIEWER GET /required_actions
      VIEWER GET /plugin/some-view
      VIEWER GET /dags/d/plugin/some-view/deep/page
      EDITOR PATCH /api/v2/dags/d/dagRuns/r/taskInstances
    `,
  },
  {
    about: 'Airflow 3.2 and later',
    product: 'airflow',
    versions: ['3.2.2', '3.3.2', '3.2', '3.3'],
    rows: `
      nobody POST /ui/auth/token
      VIEWER GET /ui/auth/me
      VIEWER GET /ui/grid/ti_summaries/d?run_ids=a&run_ids=b
      ADMIN DELETE /api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries/a/b
      VIEWER GET /jobs
    `,
  },
  {
    about: 'Airflow 3.3 alone',
    product: 'airflow',
    versions: ['3.3.2', '3.3'],
    rows: `
      ADMIN GET /api/v2/dags/d/dagRuns/r/taskInstances/t/state-store
      ADMIN GET /api/v2/dags/d/dagRuns/r/taskInstances/t/state-store/a/b
      ADMIN PUT /api/v2/dags/d/dagRuns/r/taskInstances/t/state-store/a
      ADMIN PATCH /api/v2/dags/d/dagRuns/r/taskInstances/t/state-store/a
      ADMIN DELETE /api/v2/dags/d/dagRuns/r/taskInstances/t/state-store
      ADMIN GET /api/v2/assets/1/state-store/a
      ADMIN PUT /api/v2/assets/1/state-store/a
      ADMIN GET /assets/1/asset-state-store
      ADMIN GET /dags/d/runs/r/tasks/t/task-state-store
      ADMIN POST /api/v2/connections/enqueue-test
      ADMIN GET /api/v2/connections/enqueue-test
      EDITOR PATCH /api/v2/dags/d/dagRuns
      EDITOR POST /api/v2/dags/d/clearDagRuns
      EDITOR PATCH /api/v2/dags/d/dagRuns/r/taskGroupInstances/g/dry_run
      VIEWER GET /deadlines
    `,
  },
];
