import type { RouteMatch } from '../domain/route.js';
import { clip } from './field.js';

/**
 * Route parameters that name what was touched, as the field they are recorded under. A closed list, so that a
 * parameter a later catalog adds (a file token, say) is not recorded before somebody has thought about it.
 */
const ROUTE_FIELDS: Readonly<Record<string, string>> = {
  dag_id: 'dag_id',
  dag_run_id: 'run_id',
  run_id: 'run_id',
  execution_date: 'execution_date',
  task_id: 'task_id',
  map_index: 'map_index',
  try_number: 'try_number',
  task_try_number: 'try_number',
  task_instance_id: 'task_instance_id',
  connection_id: 'connection_id',
  variable_key: 'variable_key',
  pool_name: 'pool_name',
  xcom_key: 'xcom_key',
  asset_id: 'asset_id',
  asset_alias_id: 'asset_alias_id',
  backfill_id: 'backfill_id',
  event_log_id: 'event_log_id',
  import_error_id: 'import_error_id',
  username: 'username',
  role_name: 'role_name',
  worker_name: 'worker_name',
  queue_name: 'queue_name',
  pk: 'pk',
};

/** The only query keys that are kept: other values may be secrets (connection tests, `?token=`). */
const QUERY_FIELDS: Readonly<Record<string, string>> = {
  dag_id: 'dag_id',
  dag_run_id: 'run_id',
  run_id: 'run_id',
  task_id: 'task_id',
  map_index: 'map_index',
};

/** What in Airflow a request was about; undefined where nothing says so. The route's word goes before the query's. */
export function airflowFields(
  match: RouteMatch,
  target: string | undefined,
): Readonly<Record<string, string>> | undefined {
  const fields: Record<string, string> = {};
  const mark = target?.indexOf('?') ?? -1;
  if (target !== undefined && mark !== -1) {
    for (const [key, value] of new URLSearchParams(target.slice(mark + 1))) {
      const field = own(QUERY_FIELDS, key);
      // Flask reads the first of several, Starlette the last: both are shown.
      if (field !== undefined && value !== '') fields[field] = join(fields[field], value);
    }
  }
  const params = match.kind === 'matched' ? match.params : {};
  for (const [name, value] of Object.entries(params)) {
    const field = own(ROUTE_FIELDS, name);
    if (field !== undefined) fields[field] = value;
  }
  const entries = Object.entries(fields).map(([field, value]) => [field, clip(value)] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function join(before: string | undefined, value: string): string {
  return before === undefined || before === value ? value : `${before}, ${value}`;
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
