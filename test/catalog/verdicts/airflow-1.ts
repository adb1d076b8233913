import type { Verdicts } from './verdicts.js';

export const AIRFLOW_1_VERDICTS: readonly Verdicts[] = [
  {
    about: 'Airflow 1.10: the RBAC UI',
    product: 'airflow',
    versions: ['1.10.15', '1.10'],
    rows: `
      VIEWER GET /home
      VIEWER GET /graph?dag_id=d
      VIEWER POST /dag_stats
      VIEWER POST /blocked
      VIEWER GET /dagrun/list/
      VIEWER GET /dagrun/api/read
      EDITOR GET /log?dag_id=d
      EDITOR GET /elasticsearch?dag_id=d
      EDITOR GET /log/list/
      EDITOR GET /log/api/read
      EDITOR GET /rendered?dag_id=d
      EDITOR GET /extra_links?dag_id=d
      EDITOR GET /trigger?dag_id=d
      EDITOR POST /trigger
      EDITOR POST /run
      EDITOR POST /refresh
      EDITOR GET /dagrun/add
      EDITOR POST /dagrun/api/create
      ADMIN GET /xcom?dag_id=d
      ADMIN GET /xcom/list/
      ADMIN GET /xcom/api/read
      ADMIN GET /variable/list/
      ADMIN GET /variable/api/read
      ADMIN POST /variable/api/create
      ADMIN POST /variable/action_post
      ADMIN POST /variable/varimport
      ADMIN GET /connection/api/readvalues
      ADMIN GET /configuration
      ADMIN GET /users/list/
      ADMIN GET /users/api/read
      ADMIN GET /taskreschedule/list/
      nobody GET /log/api/get/1
      nobody GET /api/experimental/test
      nobody POST /api/v1/security/login
      nobody GET /login/
    `,
  },
  {
    about: 'Airflow 1.10: the Flask-Admin UI',
    product: 'airflow',
    versions: ['1.10.15', '1.10'],
    rows: `
      VIEWER GET /admin/
      VIEWER GET /admin/airflow/graph?dag_id=d
      VIEWER GET /admin/airflow/dag_stats
      VIEWER GET /admin/airflow/blocked
      VIEWER GET /admin/dagrun/
      VIEWER GET /admin/taskinstance/export/csv/
      EDITOR GET /admin/airflow/log?dag_id=d
      EDITOR GET /admin/airflow/get_logs_with_metadata
      EDITOR GET /admin/log/
      EDITOR GET /admin/airflow/rendered
      EDITOR POST /admin/airflow/paused
      EDITOR GET /admin/airflow/trigger
      EDITOR POST /admin/dagrun/action/
      ADMIN GET /admin/airflow/xcom
      ADMIN GET /admin/basexcom/
      ADMIN GET /admin/variable/
      ADMIN GET /admin/variable/export/json/
      ADMIN POST /admin/variable/ajax/update/
      ADMIN GET /admin/connection/details/?id=1
      ADMIN GET /admin/pool/
      ADMIN GET /admin/queryview/?sql=select
      ADMIN POST /admin/queryview/
      ADMIN GET /admin/airflow/chart_data?chart_id=1
      ADMIN POST /admin/airflow/varimport
      ADMIN GET /admin/airflow/variables/form
      ADMIN GET /admin/configurationview/
      ADMIN GET /admin/user/
      ADMIN GET /admin/dagmodel/
      nobody GET /admin/airflow/login
      nobody GET /admin/airflow/logout
    `,
  },
  {
    about: 'Airflow 1.10.2: writes by GET',
    product: 'airflow',
    versions: ['1.10.2', '1.10'],
    rows: `
      EDITOR GET /run?dag_id=d
      EDITOR GET /trigger?dag_id=d
      EDITOR GET /clear?dag_id=d
      EDITOR GET /delete?dag_id=d
      EDITOR GET /refresh_all
      EDITOR GET /admin/airflow/delete?dag_id=d
      ADMIN GET /admin/airflow/varimport
    `,
  },
];
