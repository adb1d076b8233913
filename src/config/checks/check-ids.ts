import { type Finding, formatPath, isContainer, type Path, valueAt } from '../finding.js';

/** Lists whose entries must differ, and by which key. `*` is every entry of a list. */
const LISTS: readonly { readonly list: readonly string[]; readonly key: string }[] = [
  { list: ['deployments'], key: 'id' },
  { list: ['platform', 'issuers'], key: 'issuer' },
  { list: ['platform', 'issuers'], key: 'subjectPrefix' },
  { list: ['development', 'people'], key: 'id' },
  { list: ['deployments', '*', 'airflow', 'extraRoutes'], key: 'id' },
  { list: ['deployments', '*', 'flower', 'extraRoutes'], key: 'id' },
];

/** Names that must differ. Judged on the document as written, so that other faults of an entry do not hide its name. */
export function checkIds(document: unknown): Finding[] {
  return LISTS.flatMap(({ list, key }) =>
    expand(document, list, []).flatMap((path) => twice(document, path, key)),
  );
}

function expand(document: unknown, pattern: readonly string[], path: Path): Path[] {
  const [part, ...rest] = pattern;
  if (part === undefined) return [path];
  if (part !== '*') return expand(document, rest, [...path, part]);
  return entriesAt(document, path).flatMap((_, index) => expand(document, rest, [...path, index]));
}

function twice(document: unknown, list: Path, key: string): Finding[] {
  const values = entriesAt(document, list).map((entry) => (isContainer(entry) ? entry[key] : undefined));
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (typeof value !== 'string' || first === index) return [];
    const path = [...list, index, key];
    const message = `\`${formatPath(path)}\` is \`${value}\` again, as in \`${formatPath([...list, first])}\`; give each its own`;
    return [{ path, message }];
  });
}

function entriesAt(document: unknown, path: Path): readonly unknown[] {
  const value = valueAt(document, path);
  return Array.isArray(value) ? value : [];
}
