import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from './catalogs.js';

/** One route of a real installation; see tools/routes/README.md. */
export interface RouteRow {
  readonly methods: readonly string[];
  readonly path: string;
  /** What Airflow or Flower itself demands; all must hold. */
  readonly needs: readonly string[];
  /** Nobody can use it upstream. */
  readonly denied: boolean;
  /** Airflow 3: the application it belongs to; rows of one app stand in match order. */
  readonly app: string | undefined;
}

export interface RouteTable {
  readonly name: string;
  readonly product: Product;
  readonly version: string;
  readonly rows: readonly RouteRow[];
}

const FOLDER = join(import.meta.dirname, 'routes');

export const TABLES: readonly RouteTable[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .sort()
  .map(readTable);

function readTable(file: string): RouteTable {
  const [head, ...lines] = readFileSync(join(FOLDER, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rows = lines.map(
    (row): RouteRow => ({
      ...row,
      denied: row.denied === true,
      app: row.app,
      path: withoutAnchors(row.path),
    }),
  );
  return { name: file.replace(/\.jsonl$/, ''), product: head.product, version: head.version, rows };
}

/** Tornado's `/login/?` is `/login` with or without its slash. */
function withoutAnchors(path: string): string {
  return path.replace(/\/\?$/, '');
}

/** Rows that take whatever no other row takes: no rule names them. */
export function isCatchAll(row: RouteRow): boolean {
  return ['/{rest_of_path:path}', '/api/{_:path}', '/api/v1/{_:path}', '.*'].includes(row.path);
}

const PLACEHOLDER = /<(?:(\w+):)?(\w+)>|\{(\w+)(?::(\w+))?\}|\((\.[+*])\)/g;

/** Concrete targets of a row: its tails once with one segment, once with two. */
export function targetsOf(row: RouteRow): readonly string[] {
  const fill = (tail: string) =>
    row.path.replace(PLACEHOLDER, (_, flask, flaskName, name, starlette, tornado) => {
      if (flask === 'path' || starlette === 'path' || tornado !== undefined) return tail;
      return flask === 'int' ? '7' : `some-${flaskName ?? name}`;
    });
  return [...new Set([fill('one'), fill('one/two')])];
}

/** The row's path in the catalog's spelling. */
export function patternOf(row: RouteRow): string {
  return row.path.replace(PLACEHOLDER, (_, flask, flaskName, name, starlette, tornado) =>
    flask === 'path' || starlette === 'path' || tornado !== undefined
      ? `{${flaskName ?? name ?? 'tail'}*}`
      : `{${flaskName ?? name}}`,
  );
}
