import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Decision } from '../domain/decision.js';
import { DENIAL_STATUS } from '../domain/denial.js';
import { SERVICES, type ServiceKind } from '../domain/deployment.js';

export interface MetricsOptions {
  readonly version: string;
  /** Event loop, memory and garbage collection of this process. Default true. */
  readonly processMetrics?: boolean;
}

/** Where a request went. Undefined where its target lies under no service. */
export interface MetricPlace {
  readonly deployment: string;
  readonly service: ServiceKind;
}

export interface DecisionCount {
  readonly place: MetricPlace | undefined;
  readonly outcome: Decision['kind'];
  readonly reason: Decision['reason'];
}

export interface Metrics {
  /** The ids of the configuration: the only values the label `deployment` takes. Others are counted as `none`. */
  setDeployments(ids: Iterable<string>): void;
  countDecision(count: DecisionCount): void;
  /** From the request's first byte to our last, in seconds. */
  observeRequest(place: MetricPlace | undefined, outcome: Decision['kind'], seconds: number): void;
  /** From the dispatch to the upstream's head, in seconds. */
  observeUpstream(place: MetricPlace, seconds: number): void;
  /** Age of the bindings a decision was made with, in seconds. */
  observeRoleAge(seconds: number): void;
  /** The names of the configured role sources: the only values the label `source` takes. */
  setRoleSources(names: Iterable<string>): void;
  setRoleSourceUp(name: string, up: boolean): void;
  countTokenCache(kind: 'hit' | 'miss'): void;
  countAuditRecords(count: number): void;
  countAuditDropped(count: number): void;
  /** Asked each time the metrics are read. */
  watchAuditQueue(length: () => number): void;
  setConfigReload(success: boolean): void;
  setDirectoryReload(success: boolean): void;
  /** What was counted so far, for {@link aggregateMetrics} of another process. Plain data. */
  snapshot(): Promise<readonly object[]>;
  /** The Prometheus text format. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const PREFIX = 'airflow_auth_proxy_';
const OUTCOMES = ['allow', 'deny'] as const satisfies readonly Decision['kind'][];
const REASONS: ReadonlySet<string> = new Set<string>([
  'public-route' satisfies Decision['reason'],
  'permission-held' satisfies Decision['reason'],
  ...Object.keys(DENIAL_STATUS),
]);
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];
const AGE_BUCKETS = [1, 5, 10, 30, 60, 120, 300, 900];

/**
 * All metrics in a registry of their own. Every label has a closed set of values, fixed by the source or by the
 * configuration and never by a request, so that no caller can grow them (law 10).
 */
export function createMetrics({ version, processMetrics = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const named = (name: string, help: string) => ({ name: `${PREFIX}${name}`, help, registers });
  if (processMetrics) collectDefaultMetrics({ register: registry });

  const decisions = new Counter({
    ...named('decisions_total', 'Requests by what was decided and why'),
    labelNames: ['deployment', 'service', 'outcome', 'reason'] as const,
  });
  const requests = new Histogram({
    ...named(
      'request_duration_seconds',
      'Time from the first byte of a request to the last byte of its answer',
    ),
    labelNames: ['service', 'outcome'] as const,
    buckets: REQUEST_BUCKETS,
  });
  const upstream = new Histogram({
    ...named('upstream_duration_seconds', 'Time from dispatch to the head of the answer of the upstream'),
    labelNames: ['service'] as const,
    buckets: REQUEST_BUCKETS,
  });
  const roleAge = new Histogram({
    ...named('role_age_seconds', 'Age of the roles that decisions were made with'),
    buckets: AGE_BUCKETS,
  });
  const sourceUp = new Gauge({
    ...named('role_source_up', 'Whether a role source answered when last asked'),
    labelNames: ['source'] as const,
    aggregator: 'min',
  });
  const cacheHits = new Counter(named('token_cache_hits_total', 'Tokens found verified in the cache'));
  const cacheMisses = new Counter(named('token_cache_misses_total', 'Tokens that had to be verified'));
  const auditRecords = new Counter(named('audit_records_total', 'Audit records written'));
  const auditDropped = new Counter(
    named('audit_dropped_total', 'Audit records lost because the queue was full'),
  );
  let queueLength = (): number => 0;
  new Gauge({
    ...named('audit_queue_length', 'Audit records that wait to be written'),
    collect() {
      this.set(queueLength());
    },
  });
  const configReload = new Gauge({
    ...named('config_last_reload_success', 'Whether the last load of the configuration succeeded'),
    aggregator: 'min',
  });
  const directoryReload = new Gauge({
    ...named('directory_last_reload_success', 'Whether the last load of the directory file succeeded'),
    aggregator: 'min',
  });
  new Gauge({
    ...named('build_info', 'The version that runs'),
    labelNames: ['version'] as const,
    aggregator: 'first',
  }).set({ version }, 1);

  let deployments: ReadonlySet<string> = new Set();
  let sources: ReadonlySet<string> = new Set();
  const serviceOf = (place: MetricPlace | undefined): string =>
    SERVICES.find((service) => service === place?.service) ?? 'none';
  const deploymentOf = (place: MetricPlace | undefined): string =>
    place !== undefined && deployments.has(place.deployment) ? place.deployment : 'none';
  const outcomeOf = (outcome: string): string => OUTCOMES.find((known) => known === outcome) ?? 'deny';

  return {
    setDeployments(ids) {
      const next = new Set(ids);
      // What left the configuration leaves the metrics, or reloads would grow them for ever.
      if ([...deployments].some((id) => !next.has(id))) decisions.reset();
      deployments = next;
    },
    countDecision({ place, outcome, reason }) {
      decisions.inc({
        deployment: deploymentOf(place),
        service: serviceOf(place),
        outcome: outcomeOf(outcome),
        reason: REASONS.has(reason) ? reason : 'other',
      });
    },
    observeRequest: (place, outcome, seconds) =>
      requests.observe({ service: serviceOf(place), outcome: outcomeOf(outcome) }, seconds),
    observeUpstream: (place, seconds) => upstream.observe({ service: serviceOf(place) }, seconds),
    observeRoleAge: (seconds) => roleAge.observe(seconds),
    setRoleSources(names) {
      sources = new Set(names);
      sourceUp.reset();
      for (const source of sources) sourceUp.set({ source }, 0);
    },
    setRoleSourceUp(name, up) {
      if (sources.has(name)) sourceUp.set({ source: name }, up ? 1 : 0);
    },
    countTokenCache: (kind) => (kind === 'hit' ? cacheHits : cacheMisses).inc(),
    countAuditRecords: (count) => auditRecords.inc(count),
    countAuditDropped: (count) => auditDropped.inc(count),
    watchAuditQueue(length) {
      queueLength = length;
    },
    setConfigReload: (success) => configReload.set(success ? 1 : 0),
    setDirectoryReload: (success) => directoryReload.set(success ? 1 : 0),
    snapshot: () => registry.getMetricsAsJSON(),
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
