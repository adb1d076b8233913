import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../catalog/catalogs.js';

/** How a server reads the target: its own code, not a copy of it. */
export type Parser = 'gunicorn' | 'httptools' | 'h11' | 'tornado';

/** One row of a route table as the server registers it. */
export interface ServedRow {
  readonly methods: readonly string[];
  readonly path: string;
  /** Airflow 3: the application it belongs to; `left-out` where another auth manager has its place. */
  readonly app: string | null;
}

/** One server as it runs upstream: its routes, its parser, the path it stands at. */
export interface Stack {
  readonly name: string;
  readonly product: Product;
  readonly version: string;
  readonly table: string;
  readonly parser: Parser;
  /** Pins file of the environment it runs in. */
  readonly environment: string;
  /** Without a final slash; empty at the root. */
  readonly prefix: string;
  readonly rows: readonly ServedRow[];
}

const OLDEST = 'routers-1.10-py3.8';
const OLD = 'routers-2.2-py3.8';
const MIDDLE = 'routers-2.6-py3.11';
const NEWEST = 'routers-3.3-py3.11';

/** Which versions of gunicorn, Werkzeug, Starlette, httptools, h11 and Tornado each release was published with. */
const TABLES: Readonly<
  Record<string, { readonly environment: string; readonly parsers: readonly Parser[] }>
> = {
  'airflow-1.10.15': { environment: OLDEST, parsers: ['gunicorn'] },
  'airflow-1.10.15-nonrbac': { environment: OLDEST, parsers: ['gunicorn'] },
  'airflow-2.0.2': { environment: OLD, parsers: ['gunicorn'] },
  'airflow-2.2.5': { environment: OLD, parsers: ['gunicorn'] },
  'airflow-2.3.4': { environment: OLD, parsers: ['gunicorn'] },
  'airflow-2.6.3': { environment: MIDDLE, parsers: ['gunicorn'] },
  'airflow-2.9.3': { environment: MIDDLE, parsers: ['gunicorn'] },
  'airflow-2.10.5': { environment: MIDDLE, parsers: ['gunicorn'] },
  'airflow-2.11.2': { environment: NEWEST, parsers: ['gunicorn'] },
  'airflow-3.0.6': { environment: MIDDLE, parsers: ['httptools', 'h11'] },
  'airflow-3.2.2': { environment: NEWEST, parsers: ['httptools', 'h11'] },
  'airflow-3.3.2': { environment: NEWEST, parsers: ['httptools', 'h11'] },
  'flower-0.9.7': { environment: OLDEST, parsers: ['tornado'] },
  'flower-2.2.0': { environment: NEWEST, parsers: ['tornado'] },
};

const ROUTES = join(import.meta.dirname, '../catalog/routes');

/** Every server of the rig: each table under each of its parsers, at the root and below a path. */
export const STACKS: readonly Stack[] = Object.entries(TABLES).flatMap(
  ([table, { environment, parsers }]) => {
    const { head, rows } = readTable(table);
    const variants: readonly (readonly [string, readonly ServedRow[]])[] = head.version.startsWith('3.')
      ? [
          ['simple', without(rows, 'fab')],
          ['fab', without(rows, 'auth')],
        ]
      : [['', rows]];
    return variants.flatMap(([variant, served]) =>
      parsers.flatMap((parser) =>
        ['', `/quasar/${head.product}`].map((prefix) => ({
          name: [table, variant, parser, prefix || '/'].filter((part) => part !== '').join(' '),
          product: head.product,
          version: head.version,
          table,
          parser,
          environment,
          prefix,
          rows: served,
        })),
      ),
    );
  },
);

function readTable(table: string): {
  head: { readonly product: Product; readonly version: string };
  rows: readonly ServedRow[];
} {
  const [head, ...rows] = readFileSync(join(ROUTES, `${table}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return {
    head,
    rows: rows.map(({ methods, path, app }) => ({ methods, path, app: app ?? null })),
  };
}

/** `/auth` belongs to one auth manager at a time. Rows keep their numbers. */
function without(rows: readonly ServedRow[], app: string): readonly ServedRow[] {
  return rows.map((row) => (row.app === app ? { ...row, app: 'left-out' } : row));
}
