import { LEVELS } from '../../domain/role.js';
import { countUnknown, type MatrixRow } from './judge-routes.js';

export const FORMATS = ['table', 'markdown', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

const RENDER = {
  table: renderTable,
  markdown: renderMarkdown,
  csv: renderCsv,
  json: renderJson,
} as const satisfies Record<Format, (rows: readonly MatrixRow[]) => string>;

/** The rows as text without a final newline. */
export function renderRows(rows: readonly MatrixRow[], format: Format): string {
  return RENDER[format](rows);
}

/** One object a line, so that two tables can be compared line by line. */
function renderJson(rows: readonly MatrixRow[]): string {
  if (rows.length === 0) return '[]';
  const lines = rows.map(({ method, path, rule, permissions, public: open, advisory, verdicts }) =>
    JSON.stringify({
      method,
      path,
      rule: rule ?? null,
      // The first is the one that denials name.
      permission: permissions[0] ?? null,
      public: open,
      ...verdicts,
      ...(advisory === undefined ? {} : { advisory }),
    }),
  );
  return `[\n${lines.join(',\n')}\n]`;
}

const HEAD = ['method', 'path', 'rule', 'permission', ...LEVELS];

function cellsOf(
  { method, path, rule, permissions, public: open, advisory, verdicts }: MatrixRow,
  prefix = '',
): string[] {
  const notes = [...(open ? ['may be public'] : []), ...(advisory === undefined ? [] : [advisory])];
  const name = rule ?? 'unknown';
  return [
    method,
    path,
    notes.length === 0 ? name : `${name} (${notes.join(', ')})`,
    permissions.map((permission) => permission.slice(prefix.length)).join(' + ') || '-',
    ...LEVELS.map((level) => verdicts[level]),
  ];
}

function renderTable(rows: readonly MatrixRow[]): string {
  const prefix = prefixOf(rows);
  const lines = [HEAD, ...rows.map((row) => cellsOf(row, prefix))];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const note = `${rows.length} rows, ${countUnknown(rows)} unknown; permissions are those of \`${prefix}\``;
  return [...text, '', note].join('\n');
}

/** What all permissions of one product begin with; it would fill half the screen. */
function prefixOf(rows: readonly MatrixRow[]): string {
  const [first] = rows.flatMap(({ permissions }) => permissions);
  return first?.split('.').slice(0, 2).concat('').join('.') ?? '';
}

function renderMarkdown(rows: readonly MatrixRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;
  return [
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rows.map((row) => {
      const [method = '', path = '', rule = '', permission = '', ...verdicts] = cellsOf(row);
      return line([method, code(path), rule, permission === '-' ? '–' : code(permission), ...verdicts]);
    }),
  ].join('\n');
}

/** RFC 4180, with a header line. Lines end in a plain newline, as everything else we print. */
function renderCsv(rows: readonly MatrixRow[]): string {
  const head = [...HEAD.slice(0, 4), 'public', 'advisory', ...LEVELS];
  const lines = rows.map(({ method, path, rule, permissions, public: open, advisory, verdicts }) => [
    method,
    path,
    rule ?? '',
    permissions.join(' '),
    String(open),
    advisory ?? '',
    ...LEVELS.map((level) => verdicts[level]),
  ]);
  return [head, ...lines].map((cells) => cells.map(quote).join(',')).join('\n');
}

function quote(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
