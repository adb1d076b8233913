import { describe, expect, it } from '@jest/globals';
import { DENIAL_STATUS, type DenyReason } from '../../src/domain/denial.js';
import { createMetrics, type Metrics } from '../../src/observe/metrics.js';

const PLACE = { deployment: 'quasarian-sun-1234', service: 'airflow' } as const;

function metrics(): Metrics {
  const created = createMetrics({ version: '1.2.3', processMetrics: false });
  created.setDeployments([PLACE.deployment]);
  return created;
}

async function samples(of: Metrics): Promise<string[]> {
  return (await of.expose()).body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('createMetrics', () => {
  it('speaks the Prometheus text format', async () => {
    const { contentType, body } = await metrics().expose();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain('# TYPE airflow_auth_proxy_decisions_total counter');
  });

  it('has every documented name from the start', async () => {
    const { body } = await metrics().expose();
    const names = body.match(/(?<=# TYPE )\S+/g);
    expect(names?.toSorted()).toEqual(
      [
        'audit_dropped_total',
        'audit_queue_length',
        'audit_records_total',
        'build_info',
        'config_last_reload_success',
        'decisions_total',
        'directory_last_reload_success',
        'request_duration_seconds',
        'role_age_seconds',
        'role_source_up',
        'token_cache_hits_total',
        'token_cache_misses_total',
        'upstream_duration_seconds',
      ].map((name) => `airflow_auth_proxy_${name}`),
    );
  });

  it('counts and measures under those names', async () => {
    const all = metrics();
    all.countDecision({ place: PLACE, outcome: 'deny', reason: 'insufficient-permission' });
    all.observeRequest(PLACE, 'allow', 0.2);
    all.observeUpstream(PLACE, 0.1);
    all.observeRoleAge(3);
    all.setRoleSources(['redis', 'file']);
    all.setRoleSourceUp('redis', true);
    all.countTokenCache('hit');
    all.countTokenCache('hit');
    all.countTokenCache('miss');
    all.countAuditRecords(4);
    all.countAuditDropped(2);
    all.watchAuditQueue(() => 7);
    all.setConfigReload(true);
    all.setDirectoryReload(false);
    expect(await samples(all)).toEqual(
      expect.arrayContaining([
        'airflow_auth_proxy_decisions_total{deployment="quasarian-sun-1234",service="airflow",outcome="deny",reason="insufficient-permission"} 1',
        'airflow_auth_proxy_request_duration_seconds_sum{service="airflow",outcome="allow"} 0.2',
        'airflow_auth_proxy_upstream_duration_seconds_count{service="airflow"} 1',
        'airflow_auth_proxy_role_age_seconds_sum 3',
        'airflow_auth_proxy_role_source_up{source="redis"} 1',
        'airflow_auth_proxy_role_source_up{source="file"} 0',
        'airflow_auth_proxy_token_cache_hits_total 2',
        'airflow_auth_proxy_token_cache_misses_total 1',
        'airflow_auth_proxy_audit_records_total 4',
        'airflow_auth_proxy_audit_dropped_total 2',
        'airflow_auth_proxy_audit_queue_length 7',
        'airflow_auth_proxy_config_last_reload_success 1',
        'airflow_auth_proxy_directory_last_reload_success 0',
        'airflow_auth_proxy_build_info{version="1.2.3"} 1',
      ]),
    );
  });

  it('does not grow with what callers ask for', async () => {
    const all = metrics();
    for (let number = 0; number < 1000; number++) {
      const place = { deployment: `guess-${number}`, service: `s${number}` as 'airflow' };
      all.countDecision({ place, outcome: 'deny', reason: `r${number}` as DenyReason });
      all.setRoleSourceUp(`source-${number}`, true);
    }
    const lines = await samples(all);
    expect(lines.filter((line) => line.includes('decisions_total'))).toEqual([
      'airflow_auth_proxy_decisions_total{deployment="none",service="none",outcome="deny",reason="other"} 1000',
    ]);
    expect(lines.filter((line) => line.includes('role_source_up'))).toEqual([]);
  });

  it('knows every reason a request can be denied for', async () => {
    const all = metrics();
    const reasons = Object.keys(DENIAL_STATUS) as DenyReason[];
    for (const reason of reasons) all.countDecision({ place: undefined, outcome: 'deny', reason });
    const { body } = await all.expose();
    for (const reason of reasons) expect(body).toContain(`reason="${reason}"`);
    expect(body).not.toContain('reason="other"');
  });

  it('forgets a Deployment that left the configuration', async () => {
    const all = metrics();
    all.countDecision({ place: PLACE, outcome: 'allow', reason: 'permission-held' });
    all.setDeployments(['another']);
    expect((await all.expose()).body).not.toContain(PLACE.deployment);
  });

  it('keeps its counts when a Deployment is added', async () => {
    const all = metrics();
    all.countDecision({ place: PLACE, outcome: 'allow', reason: 'permission-held' });
    all.setDeployments([PLACE.deployment, 'another']);
    expect((await all.expose()).body).toContain(PLACE.deployment);
  });

  it('measures the process too', async () => {
    const { body } = await createMetrics({ version: '1.2.3' }).expose();
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });
});
