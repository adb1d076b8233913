import { describe, expect, it } from '@jest/globals';
import { aggregateMetrics } from '../../src/observe/aggregate.js';
import { createMetrics } from '../../src/observe/metrics.js';

describe('aggregateMetrics', () => {
  it('adds up what was counted and takes the worse of what was said', async () => {
    const workers = [1, 2].map((count) => {
      const metrics = createMetrics({ version: '1.2.3' });
      metrics.countAuditRecords(count);
      metrics.setConfigReload(count === 1);
      return metrics;
    });
    const { body } = await aggregateMetrics(await Promise.all(workers.map((worker) => worker.snapshot())));
    expect(body).toMatch(/^airflow_auth_proxy_audit_records_total 3$/m);
    expect(body).toMatch(/^airflow_auth_proxy_config_last_reload_success 0$/m);
    expect(body).toMatch(/^airflow_auth_proxy_build_info\{version="1\.2\.3"\} 1$/m);
  });

  it('is empty where nobody answered', async () => {
    expect((await aggregateMetrics([])).body.trim()).toBe('');
  });
});
