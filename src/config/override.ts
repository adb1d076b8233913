import { parseDocument } from 'yaml';
import type { Environment } from './environment.js';
import { type Finding, formatPath, isContainer, isMapping, type Path, related, valueAt } from './finding.js';
import { acceptedTypes, childNode, type JsonNode, knownKeys, typeOf } from './json-node.js';

const PREFIX = 'AUTH_PROXY__';

/** A document with the overrides of the environment written into it. */
export interface Overridden {
  readonly value: unknown;
  /** The variable that a path of the document came from, if any did. */
  readonly variableAt: (path: Path) => string | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Writes `AUTH_PROXY__SERVER__ADMIN_LISTEN=…` over `server.adminListen`. Two underscores go one level down, a
 * number is a place in a list (the next free one appends). A value is read as YAML where the schema wants
 * something else than text there; text stays as it is. A secret and its `…File` replace each other.
 */
export function applyOverrides(document: unknown, environment: Environment, schema: JsonNode): Overridden {
  const value: unknown = structuredClone(document ?? {});
  const written: { path: Path; variable: string }[] = [];
  const findings: Finding[] = [];
  for (const [variable, text] of overridesOf(environment)) {
    const outcome = write(value, variable, text, schema);
    if ('message' in outcome)
      findings.push({
        path: outcome.path,
        message: `environment variable \`${variable}\` ${outcome.message}`,
      });
    else written.push({ path: outcome.path, variable });
  }
  const variableAt = (path: Path) => {
    const holding = written.findLast(
      (entry) => entry.path.length <= path.length && related(entry.path, path),
    );
    if (holding !== undefined) return holding.variable;
    // A section that the file does not have was made by the variable that set something in it.
    const made = valueAt(document, path) === undefined && written.find((entry) => related(entry.path, path));
    return made ? made.variable : undefined;
  };
  return { value, variableAt, findings };
}

/** Sorted so that list places come in order: `…__2__…` before `…__10__…`. */
function overridesOf(environment: Environment): [string, string][] {
  return Object.entries(environment)
    .flatMap(([name, text]): [string, string][] =>
      name.startsWith(PREFIX) && text !== undefined ? [[name, text]] : [],
    )
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
}

type Outcome = { path: Path } | { path: Path; message: string };

function write(document: unknown, variable: string, text: string, schema: JsonNode): Outcome {
  const segments = variable.slice(PREFIX.length).split('__');
  let container: unknown = document;
  let node: JsonNode | undefined = schema;
  const path: (string | number)[] = [];
  for (const [depth, segment] of segments.entries()) {
    if (!isContainer(container))
      return { path: [...path], message: `goes below \`${formatPath(path)}\`, which is no mapping or list` };
    const key = keyFor(segment, container, node, schema);
    if (key === undefined) {
      const want = Array.isArray(container) ? `a number from 0 to ${container.length}` : 'a key';
      return {
        path: [...path],
        message: `has \`${segment}\` where ${want} must stand; levels are parted by two underscores`,
      };
    }
    const child: JsonNode | undefined = node && childNode(schema, node, container, key);
    path.push(key);
    if (depth === segments.length - 1) {
      dropTwin(container, key);
      container[key] = child === undefined ? text : coerce(text, child, schema);
      return { path };
    }
    if (container[key] === undefined || container[key] === null) {
      container[key] = child !== undefined && acceptedTypes(schema, child).has('array') ? [] : {};
    }
    container = container[key];
    node = child;
  }
  return { path, message: 'names nothing' };
}

function keyFor(
  segment: string,
  container: object,
  node: JsonNode | undefined,
  schema: JsonNode,
): string | number | undefined {
  if (Array.isArray(container)) {
    return /^\d{1,5}$/.test(segment) && Number(segment) <= container.length ? Number(segment) : undefined;
  }
  if (segment === '') return undefined;
  const known = node === undefined ? [] : knownKeys(schema, node, container);
  const named = known.find((key) => key === segment) ?? known.find((key) => screaming(key) === segment);
  return named ?? segment.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function screaming(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function coerce(text: string, node: JsonNode, schema: JsonNode): unknown {
  const document = parseDocument(text, { logLevel: 'error' });
  if (document.errors.length > 0 || document.warnings.length > 0) return text;
  const value: unknown = document.toJS();
  const type = typeOf(value);
  const types = acceptedTypes(schema, node);
  return type !== 'string' && (types.has(type) || (type === 'integer' && types.has('number'))) ? value : text;
}

/** What the environment says about a secret replaces both of its forms in the file. */
function dropTwin(container: object, key: string | number): void {
  if (!isMapping(container) || typeof key !== 'string') return;
  delete container[key.endsWith('File') ? key.slice(0, -'File'.length) : `${key}File`];
}
