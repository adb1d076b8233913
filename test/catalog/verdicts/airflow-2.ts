import type { Verdicts } from './verdicts.js';

export const AIRFLOW_2_VERDICTS: readonly Verdicts[] = [
  {
    about: 'Airflow 2: reads',
    product: 'airflow',
    versions: [
      '2.0.2',
      '2.1.4',
      '2.2.5',
      '2.3.4',
      '2.4.3',
      '2.5.3',
      '2.6.3',
      '2.7.3',
      '2.8.4',
      '2.9.3',
      '2.10.5',
      '2.11.2',
      '2.0',
      '2.11',
    ],
    rows: `
      VIEWER GET /
      VIEWER GET /home
      VIEWER GET /home?status=active
      VIEWER GET /health
      VIEWER GET /api/v1/health
      VIEWER GET /api/v1/version
      VIEWER GET /static/dist/main.js
      VIEWER GET /redoc
      VIEWER GET /api/v1/ui/
      VIEWER GET /graph?dag_id=d
      VIEWER GET /tree?dag_id=d
      VIEWER GET /code?dag_id=d
      VIEWER GET /task?dag_id=d
      VIEWER GET /object/task_instances?dag_id=d
      VIEWER GET /dagrun/list/
      VIEWER GET /taskinstance/list
      VIEWER GET /job/list/
      VIEWER GET /slamiss/list/
      VIEWER GET /api/v1/dags
      VIEWER GET /api/v1/dags/~/dagRuns
      VIEWER GET /api/v1/dags/d/dagRuns/r
      VIEWER GET /api/v1/dags/d/dagRuns/r/taskInstances/t
      VIEWER GET /api/v1/importErrors
      VIEWER GET /dagmodel/autocomplete?query=d
      unknown GET /nothing
      unknown GET /api/v2/dags
    `,
  },
  {
    about: 'Airflow 2: reads by POST',
    product: 'airflow',
    versions: [
      '2.0.2',
      '2.1.4',
      '2.2.5',
      '2.3.4',
      '2.4.3',
      '2.5.3',
      '2.6.3',
      '2.7.3',
      '2.8.4',
      '2.9.3',
      '2.10.5',
      '2.11.2',
      '2.0',
      '2.11',
    ],
    rows: `
      VIEWER POST /dag_stats
      VIEWER POST /task_stats
      VIEWER POST /last_dagruns
      VIEWER POST /api/v1/dags/~/dagRuns/list
      VIEWER POST /api/v1/dags/~/dagRuns/~/taskInstances/list
      unknown GET /dag_stats
    `,
  },
  {
    about: 'Airflow 2: logs, rendered values and links',
    product: 'airflow',
    versions: [
      '2.0.2',
      '2.1.4',
      '2.2.5',
      '2.3.4',
      '2.4.3',
      '2.5.3',
      '2.6.3',
      '2.7.3',
      '2.8.4',
      '2.9.3',
      '2.10.5',
      '2.11.2',
      '2.0',
      '2.11',
    ],
    rows: `
      EDITOR GET /log?dag_id=d
      EDITOR GET /get_logs_with_metadata?format=file
      EDITOR GET /redirect_to_external_log?dag_id=d
      EDITOR GET /api/v1/dags/d/dagRuns/r/taskInstances/t/logs/1
      EDITOR GET /rendered-templates?dag_id=d
      EDITOR GET /rendered-k8s?dag_id=d
      EDITOR GET /extra_links?dag_id=d
      EDITOR GET /api/v1/dags/d/dagRuns/r/taskInstances/t/links
    `,
  },
  {
    about: 'Airflow 2: writes',
    product: 'airflow',
    versions: [
      '2.0.2',
      '2.1.4',
      '2.2.5',
      '2.3.4',
      '2.4.3',
      '2.5.3',
      '2.6.3',
      '2.7.3',
      '2.8.4',
      '2.9.3',
      '2.10.5',
      '2.11.2',
      '2.0',
      '2.11',
    ],
    rows: `
      EDITOR POST /paused?is_paused=false&dag_id=d
      EDITOR POST /clear
      EDITOR POST /success
      EDITOR POST /failed
      EDITOR POST /dagrun_clear
      EDITOR POST /dagrun_success
      EDITOR POST /delete
      EDITOR POST /dagrun/action_post
      EDITOR GET /dagrun/action/clear/1
      EDITOR GET /dagrun/edit/1
      EDITOR DELETE /dagrun/api/delete/1
      EDITOR POST /taskinstance/action_post
      EDITOR PUT /taskinstance/api/update/1
      EDITOR POST /api/v1/dags/d/dagRuns
      EDITOR PATCH /api/v1/dags/d
      EDITOR DELETE /api/v1/dags/d/dagRuns/r
      EDITOR POST /api/v1/dags/d/clearTaskInstances
      EDITOR POST /api/v1/dags/d/updateTaskInstancesState
      nobody GET /dagrun/add
      nobody POST /dagrun/api/create
      nobody GET /taskinstance/api/read
    `,
  },
  {
    about: 'Airflow 2: the Admin menu by every path',
    product: 'airflow',
    versions: [
      '2.0.2',
      '2.1.4',
      '2.2.5',
      '2.3.4',
      '2.4.3',
      '2.5.3',
      '2.6.3',
      '2.7.3',
      '2.8.4',
      '2.9.3',
      '2.10.5',
      '2.11.2',
      '2.0',
      '2.11',
    ],
    rows: `
      ADMIN GET /variable/list/
      ADMIN GET /variable/list
      ADMIN GET /variable/add
      ADMIN GET /variable/edit/1
      ADMIN POST /variable/action_post
      ADMIN GET /variable/action/varexport/1
      ADMIN POST /variable/varimport
      ADMIN PUT /variable/api/update/1
      ADMIN DELETE /variable/api/delete/1
      ADMIN GET /api/v1/variables
      ADMIN GET /api/v1/variables/a
      ADMIN PATCH /api/v1/variables/a
      ADMIN GET /connection/list/
      ADMIN POST /connection/add
      ADMIN PUT /connection/api/update/1
      ADMIN GET /api/v1/connections
      ADMIN GET /api/v1/connections/c
      ADMIN GET /pool/list/
      ADMIN GET /api/v1/pools
      ADMIN POST /api/v1/pools
      ADMIN GET /xcom/list/
      ADMIN POST /xcom/action_post
      ADMIN GET /xcom?dag_id=d&task_id=t
      ADMIN GET /api/v1/dags/d/dagRuns/r/taskInstances/t/xcomEntries
      ADMIN GET /api/v1/dags/d/dagRuns/r/taskInstances/t/xcomEntries/return_value
      ADMIN GET /configuration
      ADMIN GET /api/v1/config
      ADMIN GET /provider
      ADMIN GET /plugin
      ADMIN GET /users/list/
      ADMIN GET /roles/list/
      ADMIN PUT /roles/api/update/1
      ADMIN GET /users/userinfo/
      ADMIN GET /userinfoeditview/form
      ADMIN GET /resetpassword/form?pk=1
      ADMIN GET /taskreschedule/list/
      nobody GET /variable/api/read
      nobody GET /connection/api/read
      nobody GET /users/api/read
      nobody GET /xcom/add
      nobody POST /log/action_post
    `,
  },
  {
    about: "Airflow 2: nobody's",
    product: 'airflow',
    versions: [
      '2.0.2',
      '2.1.4',
      '2.2.5',
      '2.3.4',
      '2.4.3',
      '2.5.3',
      '2.6.3',
      '2.7.3',
      '2.8.4',
      '2.9.3',
      '2.10.5',
      '2.11.2',
      '2.0',
      '2.11',
    ],
    rows: `
      nobody GET /login/
      nobody GET /login
      nobody POST /login/?next=/home
      nobody GET /login/google
      nobody GET /oauth-authorized/google?code=x
      nobody GET /logout/
      nobody POST /logout/
      nobody POST /api/v1/security/login
      nobody POST /internal_api/v1/rpcapi
      nobody GET /api/experimental/dags/d/paused/true
      nobody GET /api/experimental/pools
    `,
  },
  {
    about: 'Airflow 2.0 to 2.8: /log/list/ is the audit log',
    product: 'airflow',
    versions: ['2.0.2', '2.2.5', '2.5.3', '2.8.1'],
    rows: `
      EDITOR GET /log/list/
      EDITOR GET /log/list
      EDITOR GET /api/v1/eventLogs
      EDITOR GET /log?dag_id=d
    `,
  },
  {
    about: "Airflow 2.9 and later: the audit log is its Admin's",
    product: 'airflow',
    versions: ['2.9.3', '2.10.5', '2.11.2', '2.11'],
    rows: `
      ADMIN GET /log/list/
      ADMIN GET /log/list
      ADMIN GET /audit_log?dag_id=d
      ADMIN GET /dags/d/audit_log
      ADMIN GET /api/v1/eventLogs
      ADMIN GET /api/v1/eventLogs/1
      EDITOR GET /log?dag_id=d
    `,
  },
  {
    about: 'Airflow 2.2 to 2.6: /blocked asks to edit the DAG',
    product: 'airflow',
    versions: ['2.2.5', '2.4.3', '2.6.3'],
    rows: `
      EDITOR POST /blocked
    `,
  },
  {
    about: 'Airflow 2.0, 2.1, 2.7 and later: /blocked is a read',
    product: 'airflow',
    versions: ['2.0.2', '2.1.4', '2.7.3', '2.11.2'],
    rows: `
      VIEWER POST /blocked
    `,
  },
  {
    about: 'Airflow up to 2.6: the trigger page',
    product: 'airflow',
    versions: ['2.0.2', '2.6.3'],
    rows: `
      EDITOR GET /trigger?dag_id=d
      EDITOR POST /trigger?dag_id=d
      unknown GET /dags/d/trigger
    `,
  },
  {
    about: 'Airflow 2.7 and later: the trigger page',
    product: 'airflow',
    versions: ['2.7.3', '2.8.4', '2.11.2'],
    rows: `
      EDITOR GET /dags/d/trigger
      EDITOR POST /dags/d/trigger
      unknown POST /trigger?dag_id=d
      VIEWER GET /cluster_activity
      VIEWER GET /object/historical_metrics_data
    `,
  },
  {
    about: 'Airflow 2.10 and later',
    product: 'airflow',
    versions: ['2.10.5', '2.11.2'],
    rows: `
      EDITOR GET /parseDagFile/token
      EDITOR PUT /api/v1/parseDagFile/token
      EDITOR GET /object/rendered-k8s?dag_id=d
      EDITOR POST /api/v1/datasets/events
      EDITOR DELETE /api/v1/datasets/queuedEvent/s3:%2F%2Fbucket%2Fkey
      VIEWER GET /api/v1/datasets/s3%3A%2F%2Fbucket%2Fkey
      ADMIN GET /api/v1/variables/a/b
      ADMIN GET /api/v1/dags/d/dagRuns/r/taskInstances/t/xcomEntries/a/b
      VIEWER POST /next_run_datasets_summary
      VIEWER GET /dags/d/grid
      VIEWER GET /datasets
      ADMIN GET /triggerview/list/
      ADMIN GET /auth/fab/v1/users
      ADMIN POST /slamiss/action_post
      nobody GET /slamiss/api/read
    `,
  },
];
