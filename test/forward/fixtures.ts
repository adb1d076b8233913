import type { ForwardJob, ServicePlace } from '../../src/forward/job.js';
import { compilePlace } from '../../src/forward/place.js';

export const UPSTREAM_ORIGIN = 'http://127.0.0.1:8080';

export const PLACE: ServicePlace = {
  publicOrigins: ['https://airflow.example.com', 'http://localhost:8084'],
  path: '/quasar/airflow',
  protectedCookies: ['platform_token', '__Host-session'],
  identityHeaderNames: ['x-platform-identity'],
};

export const COMPILED = compilePlace(PLACE, UPSTREAM_ORIGIN);

export function jobOf(changes: Partial<ForwardJob> = {}): ForwardJob {
  return {
    target: '/quasar/airflow/home',
    method: 'GET',
    host: 'airflow.example.com',
    client: { ip: '203.0.113.7', proto: 'https', host: 'airflow.example.com' },
    identity: [['authorization', 'Bearer ours']],
    ...changes,
  };
}

/** Flat name, value list → pairs with lower-case names. */
export function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([(flat[i] ?? '').toLowerCase(), flat[i + 1] ?? '']);
  return pairs;
}

export function valuesIn(flat: readonly string[], name: string): string[] {
  return pairsOf(flat)
    .filter(([key]) => key === name)
    .map(([, value]) => value);
}
