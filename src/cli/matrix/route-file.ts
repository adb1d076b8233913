import { AuthProxyError } from '../../domain/errors.js';

/** One route as a routing table of Airflow or Flower lists it. */
export interface RouteRow {
  readonly methods: readonly string[];
  /** In the spelling of its framework; see `route-syntax.ts`. */
  readonly path: string;
}

export interface RouteFile {
  /** What the file says it was read from; undefined where it does not say. */
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly rows: readonly RouteRow[];
}

/**
 * Reads a route table: JSON with `routes`, a list of `{ methods, path }`, and optionally `product` and `version`; or
 * the bare list. Other members of a row are the table's own business.
 *
 * @throws {AuthProxyError} `config`, naming the first row that is none
 */
export function readRouteFile(text: string, name: string): RouteFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw bad(name, 'is not JSON', 'write {"routes": [{"methods": ["GET"], "path": "/x"}]}', cause);
  }
  const head = Array.isArray(document) ? { routes: document } : document;
  const routes = member(head, 'routes');
  if (!Array.isArray(routes)) throw bad(name, 'has no list `routes`', 'write a list of {"methods", "path"}');
  return {
    product: readText(member(head, 'product')),
    version: readText(member(head, 'version')),
    rows: routes.map((row: unknown, index) => readRow(row, index, name)),
  };
}

function readRow(row: unknown, index: number, name: string): RouteRow {
  const [methods, path] = [member(row, 'methods'), member(row, 'path')];
  const sound =
    Array.isArray(methods) && methods.every((method) => typeof method === 'string' && method !== '');
  if (!sound || typeof path !== 'string' || path === '')
    throw bad(
      name,
      `has a row ${index + 1} without \`methods\` or \`path\``,
      'write both, methods as a list',
    );
  return { methods: methods.map((method: string) => method.toUpperCase()), path };
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function bad(name: string, what: string, remedy: string, cause?: unknown): AuthProxyError {
  return new AuthProxyError('config', `route file \`${name}\` ${what}; ${remedy}`, { cause });
}
