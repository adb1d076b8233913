import type { AuditRecord } from '../../src/audit/record.js';
import { NO_BINDINGS } from '../../src/domain/binding.js';
import type { Outcome } from '../../src/domain/outcome.js';
import type { Rule } from '../../src/domain/route.js';

export const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');

export const LOG_RULE: Rule = {
  id: 'task-log-page',
  path: '/log',
  permissions: ['deployment.airflow.taskLog.get'],
  why: 'shows the log of one try of a task',
  effect: 'read',
  nativeRole: undefined,
  public: false,
  never: false,
  stream: 'none',
  multipart: false,
  advisory: undefined,
};

/** A Viewer asks for a task log and is refused. */
export function deniedOutcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    requestId: 'req-1',
    method: 'GET',
    target: '/quasarian-sun-1234/airflow/log?dag_id=etl&task_id=load&map_index=-1&token=s3cr3t',
    rawTarget: '/quasarian-sun-1234/airflow/log?dag_id=etl&task_id=load&map_index=-1&token=s3cr3t',
    place: { deployment: 'quasarian-sun-1234', workspace: 'data-team', service: 'airflow' },
    identity: {
      kind: 'authenticated',
      principal: { kind: 'user', id: 'vic', email: 'vic@example.com', name: 'Vic', groups: [] },
      credential: 'cookie',
      claims: {},
      expiresAt: undefined,
    },
    bindings: NO_BINDINGS,
    role: 'WORKSPACE_VIEWER',
    match: { kind: 'matched', rule: LOG_RULE, params: {} },
    decision: {
      kind: 'deny',
      reason: 'insufficient-permission',
      rule: LOG_RULE,
      permission: 'deployment.airflow.taskLog.get',
      detail: undefined,
    },
    sourceIp: '192.0.2.7',
    ...changes,
  };
}

export function sampleRecord(number = 1): AuditRecord {
  return {
    '@timestamp': new Date(NOW_MS + number * 1000).toISOString(),
    event: { action: 'request-denied', outcome: 'failure', reason: 'insufficient-permission' },
    user: { id: 'vic', email: 'vic@example.com' },
    auth_proxy: {
      request_id: `req-${number}`,
      principal_kind: 'user',
      workspace: 'data-team',
      deployment: 'quasarian-sun-1234',
      service: 'airflow',
      role: 'WORKSPACE_VIEWER',
      permission: 'deployment.airflow.taskLog.get',
      rule: 'task-log-page',
    },
    airflow: { dag_id: 'etl', task_id: 'load' },
    http: { request: { method: 'GET' }, response: { status_code: 403 } },
    url: { path: '/quasarian-sun-1234/airflow/log' },
    source: { ip: '192.0.2.7' },
  };
}
