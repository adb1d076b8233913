import { AggregatorRegistry } from 'prom-client';

/** What several processes counted, as one: counters and histograms added up, each gauge as it says of itself. */
export async function aggregateMetrics(
  snapshots: readonly (readonly object[])[],
): Promise<{ readonly contentType: string; readonly body: string }> {
  const registry = AggregatorRegistry.aggregate([...snapshots]);
  return { contentType: registry.contentType, body: await registry.metrics() };
}
