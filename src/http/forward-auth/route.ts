import type { Dialect } from './original.js';

export interface DialectRoute {
  readonly dialect: Dialect;
  /** The request target behind the dialect's path, query included. */
  readonly rest: string;
}

const EXACT: ReadonlyMap<string, Dialect> = new Map([
  ['/nginx', 'nginx'],
  ['/traefik', 'traefik'],
  ['/caddy', 'caddy'],
  ['/houston', 'houston'],
  ['/v1/authorization', 'houston'],
]);

const ENVOY = '/envoy';

/** Which dialect a request to the forward-auth door speaks. Whole paths only, compared on the raw bytes. */
export function dialectOf(target: string): DialectRoute | undefined {
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  const dialect = EXACT.get(path);
  if (dialect !== undefined) return { dialect, rest: '' };
  if (path.startsWith(`${ENVOY}/`)) return { dialect: 'envoy', rest: target.slice(ENVOY.length) };
  return undefined;
}
