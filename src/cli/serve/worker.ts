import cluster from 'node:cluster';
import { auditPathFor } from '../../audit/sink.js';
import { readEnvironment } from '../../config/environment.js';
import type { Readiness } from '../../http/admin/readiness.js';
import type { WorkerPart } from '../commands/serve.js';

/** Tells a process which worker it is: `2/4` is the second of four. */
export const WORKER_VARIABLE = 'AIRFLOW_AUTH_PROXY_WORKER';

/** What a worker tells its primary. */
export type WorkerMessage =
  | { readonly kind: 'readiness'; readonly readiness: Readiness }
  | { readonly kind: 'metrics'; readonly ask: number; readonly snapshot: readonly object[] };

/** What a primary asks its workers. */
export interface MetricsAsk {
  readonly kind: 'ask-metrics';
  readonly ask: number;
}

export interface Worker extends WorkerPart {
  /** Leaves the primary; the channel to it would keep the process. */
  end(): void;
}

/** This process as a worker of a primary of ours; undefined where it is none. */
export function workerPart(): Worker | undefined {
  const place = /^(\d{1,3})\/(\d{1,3})$/.exec(readEnvironment()[WORKER_VARIABLE] ?? '');
  if (!cluster.isWorker || place === null) return undefined;
  const [index, count] = [Number(place[1]), Number(place[2])];
  return {
    auditPath: (path) => auditPathFor(path, index, count),
    readinessChanged: (readiness) => tell({ kind: 'readiness', readiness }),
    shareMetrics: (metrics) => {
      process.on('message', (message: unknown) => {
        if (!isAsk(message)) return;
        const { ask } = message;
        metrics
          .snapshot()
          .then((snapshot) => tell({ kind: 'metrics', ask, snapshot }))
          // Without an answer the primary goes on with those of the others.
          .catch(() => undefined);
      });
    },
    end: () => process.disconnect(),
  };
}

function tell(message: WorkerMessage): void {
  // The primary may be gone, and node then ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function isAsk(message: unknown): message is MetricsAsk {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ask-metrics'
  );
}
