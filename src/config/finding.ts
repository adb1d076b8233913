/** Where something stands in a document: keys of mappings, indexes of lists. */
export type Path = readonly (string | number)[];

/** One thing wrong, or worth saying, at one place of a document. The loader adds file and line. */
export interface Finding {
  readonly path: Path;
  /** Lower case, no final period, names the thing and the remedy. Never holds a secret. */
  readonly message: string;
  /** A warning lets the gateway start. Default: `fault`. */
  readonly severity?: 'fault' | 'warning';
}

/** `deployments[0].airflow.version`; keys that are no plain words are quoted. The root is `the file`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (/^[A-Za-z_][\w-]*$/.test(part)) return index === 0 ? part : `.${part}`;
      return `[${JSON.stringify(part)}]`;
    })
    .join('');
}

/** How a check calls a place: as the person who wrote the document counts, whatever was taken out before the check. */
export type NameOf = (path: Path) => string;

/** Whether one path is the other or holds it. */
export function related(a: Path, b: Path): boolean {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (!isContainer(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

export function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value);
}
