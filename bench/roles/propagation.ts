import { setTimeout as sleep } from 'node:timers/promises';
import { DAGS, type Platform, startGateway, type TestGateway, VARIABLES } from '../../test/redis/gateway.js';
import type { RunningRedis } from '../../test/redis/redis.js';

/** A change an operator makes with the bare program, and what requests get before and after it. */
interface Change {
  readonly name: string;
  readonly path: string;
  readonly command: readonly string[];
  readonly undo: readonly string[];
  readonly before: number;
  readonly after: number;
}

const CHANGES: readonly Change[] = [
  {
    name: 'role lowered',
    path: VARIABLES,
    command: ['HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER'],
    undo: ['HSET', 'p:roles:user:eve', 'workspace:w', 'ADMIN'],
    before: 200,
    after: 403,
  },
  {
    name: 'role taken',
    path: DAGS,
    command: ['DEL', 'p:roles:user:eve'],
    undo: ['HSET', 'p:roles:user:eve', 'workspace:w', 'ADMIN'],
    before: 200,
    after: 403,
  },
  {
    name: 'person revoked',
    path: DAGS,
    command: ['SET', 'p:revoked:user:eve', '99999999999'],
    undo: ['DEL', 'p:revoked:user:eve'],
    before: 200,
    after: 401,
  },
  {
    name: 'token revoked',
    path: DAGS,
    command: ['SET', 'p:revoked:jti:bench', '1', 'EX', '3600'],
    undo: ['DEL', 'p:revoked:jti:bench'],
    before: 200,
    after: 401,
  },
];

export interface PropagationOptions {
  readonly redis: RunningRedis;
  readonly platform: Platform;
  readonly upstream: string;
  readonly gateways: number;
  /** Over all gateways. */
  readonly requestsPerSecond: number;
  /** How often each change is made and undone. */
  readonly rounds: number;
}

export interface Propagation {
  /** Milliseconds from typing the command until the last answer that did not know of it, sorted. */
  readonly latenciesMs: readonly number[];
  readonly requests: number;
  /** Answers that were neither the old nor the new one. */
  readonly strange: readonly string[];
  readonly requestsPerSecond: number;
}

interface Seen {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
  readonly reason: string | undefined;
}

const SETTLE_MS = 400;
const WATCH_MS = 1200;

/** Makes changes under load and looks for how long anybody still answers as before. */
export async function measurePropagation(options: PropagationOptions): Promise<Propagation> {
  const { redis, platform, upstream } = options;
  await redis.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'ADMIN');
  const sources = [{ kind: 'redis', url: redis.url, keyPrefix: 'p:' }];
  const gateways = await Promise.all(
    Array.from({ length: options.gateways }, () => startGateway({ platform, upstream, sources })),
  );
  const token = await platform.token('eve', { jti: 'bench' });
  const latenciesMs: number[] = [];
  const strange: string[] = [];
  let requests = 0;
  let path = DAGS;
  let seen: Seen[] = [];

  async function send(gateway: TestGateway): Promise<void> {
    const into = seen;
    const sentAt = performance.now();
    requests++;
    const { status, reason } = await gateway.ask(token, path);
    into.push({ sentAt, answeredAt: performance.now(), status, reason });
  }

  const under = new Set<Promise<unknown>>();
  let next = 0;
  const startedAt = performance.now();
  const load = setInterval(() => {
    // Late timers are made up for, or the load would be less than was said.
    const due = ((performance.now() - startedAt) / 1000) * options.requestsPerSecond;
    for (; next < due; next++) {
      const gateway = gateways[next % gateways.length];
      if (gateway === undefined) continue;
      const sent = send(gateway)
        .catch((error: unknown) => strange.push(String(error)))
        .finally(() => under.delete(sent));
      under.add(sent);
    }
  }, 2);

  async function measure(name: string, command: readonly string[], old: number, now: number): Promise<void> {
    seen = [];
    // From before the program starts: more than the change took, never less.
    const madeAt = performance.now();
    await redis.cli(...command);
    await sleep(WATCH_MS);
    const after = seen.filter(({ sentAt }) => sentAt >= madeAt);
    const late = after.filter(({ status }) => status === old).map(({ answeredAt }) => answeredAt - madeAt);
    latenciesMs.push(Math.max(0, ...late));
    for (const { status, reason } of after) {
      if (status !== old && status !== now) strange.push(`${name}: ${status} ${reason}`);
    }
    if (!after.some(({ status }) => status === now)) strange.push(`${name}: never seen`);
  }

  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const change of CHANGES) {
        path = change.path;
        await sleep(SETTLE_MS);
        await measure(change.name, change.command, change.before, change.after);
        await measure(`${change.name}, undone`, change.undo, change.after, change.before);
      }
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      latenciesMs: latenciesMs.sort((a, b) => a - b),
      requests,
      strange,
      requestsPerSecond: requests / seconds,
    };
  } finally {
    clearInterval(load);
    await Promise.all(under);
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  }
}

export function describePropagation({ latenciesMs, requests, requestsPerSecond }: Propagation): string {
  const at = (part: number) => (latenciesMs[Math.ceil(part * latenciesMs.length) - 1] ?? 0).toFixed(0);
  return `${latenciesMs.length} changes by redis-cli under ${requestsPerSecond.toFixed(0)} requests/s (${requests} in all): p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p100 ${at(1)} ms until the last old answer`;
}
