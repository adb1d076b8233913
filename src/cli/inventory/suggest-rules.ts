import { holds, isPermission, type Permission } from '../../domain/permission.js';
import { levelOf, ROLES } from '../../domain/role.js';
import type { GatedService } from '../../gate/service.js';
import type { Grants } from '../../policy/grants.js';
import { type Pattern, parsePattern, patternsIntersect } from '../../policy/pattern.js';
import { parseTarget } from '../../policy/target/parse.js';

export interface UnknownRoute {
  readonly method: string;
  readonly path: string;
}

/** A rule that lets Admins in and nobody else, until somebody knows better. */
export interface SuggestedRule {
  readonly id: string;
  readonly methods: readonly string[];
  readonly path: string;
  /** Undefined: every permission is somebody else's too, so the rule has `never`. */
  readonly permission: Permission | undefined;
  /** `catalog`: the catalog knows the path by other methods, and a Deployment may not add to its paths. */
  readonly place: 'extraRoutes' | 'catalog';
}

const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', DELETE: 'delete' };
const NOUNS = {
  airflow: ['plugin', 'user', 'config', 'connection'],
  flower: ['metrics', 'control', 'task'],
} as const;

/** The safest rules that name these routes: one for each path and permission. */
export function suggestRules(unknown: readonly UnknownRoute[], service: GatedService): SuggestedRule[] {
  const groups = new Map<
    string,
    { pattern: Pattern; permission: Permission | undefined; methods: string[] }
  >();
  for (const { method, path } of unknown) {
    const pattern = patternOf(path);
    if (pattern === undefined) continue;
    const permission = adminOnly(service, VERBS[method] ?? 'update');
    const key = `${pattern.source} ${permission}`;
    const group = groups.get(key) ?? { pattern, permission, methods: [] };
    if (!group.methods.includes(method)) group.methods.push(method);
    groups.set(key, group);
  }
  const ids = new Set(service.routes.entries.map(({ rule }) => rule.id));
  return [...groups.values()].map(({ pattern, permission, methods }) => ({
    id: freeId(pattern, methods, ids),
    methods,
    path: pattern.source,
    permission,
    place: service.routes.entries.some((entry) => patternsIntersect(entry.pattern, pattern))
      ? ('catalog' as const)
      : ('extraRoutes' as const),
  }));
}

/** As YAML to paste. `why` is for the person who pastes it to complete. */
export function renderSuggestions(rules: readonly SuggestedRule[], line: string): string {
  const block = (place: SuggestedRule['place'], head: string, more: readonly string[]) => {
    const own = rules.filter((rule) => rule.place === place);
    if (own.length === 0) return [];
    return [head, ...own.flatMap((rule) => renderRule(rule, more))];
  };
  return [
    ...block('extraRoutes', 'extraRoutes:', []),
    ...block(
      'catalog',
      '# the catalog knows these paths by other methods: add to its rules, with a table of this release\nrules:',
      [`    since: "${line}"`],
    ),
  ].join('\n');
}

function renderRule({ id, methods, path, permission }: SuggestedRule, more: readonly string[]): string[] {
  const read = methods.every((method) => method === 'GET');
  return [
    `  - id: ${id}`,
    `    methods: [${methods.join(', ')}]`,
    `    path: ${JSON.stringify(path)}`,
    permission === undefined ? '    never: true' : `    permission: ${permission}`,
    ...(permission !== undefined && read && !permission.endsWith('.get') ? ['    effect: read'] : []),
    '    why: the running service lists it and the catalog does not; Admins only until it was read what it does',
    ...more,
  ];
}

/** A permission of this verb that no Viewer and no Editor holds. */
function adminOnly({ service, grants }: GatedService, verb: string): Permission | undefined {
  return NOUNS[service]
    .map((noun) => `deployment.${service}.${noun}.${verb}`)
    .filter(isPermission)
    .find((permission) => isAdmins(permission, grants));
}

function isAdmins(permission: Permission, grants: Grants): boolean {
  return ROLES.every((role) => levelOf(role) === 'ADMIN' || !holds(grants[role], permission));
}

/** The path in the catalog's spelling: whatever is no plain literal becomes a parameter. Undefined: it is no path. */
function patternOf(path: string): Pattern | undefined {
  const names = new Set<string>();
  const nameFor = (wished: string) => {
    let name = wished;
    for (let n = 2; names.has(name); n++) name = `${wished}${n}`;
    names.add(name);
    return `{${name}}`;
  };
  const segments = path.split('/').map((segment) => {
    const name = /^\{([A-Za-z_]\w*)\}$/.exec(segment)?.[1];
    if (name !== undefined) return nameFor(name);
    const literal = decode(segment);
    return literal === undefined || /[{}*?#%\\]/.test(literal) ? nameFor('part') : literal;
  });
  const parsed = parsePattern(segments.join('/'));
  return parsed.kind === 'pattern' ? parsed.pattern : undefined;
}

function decode(segment: string): string | undefined {
  const parsed = parseTarget(`/${segment}`);
  if (parsed.kind === 'ambiguous') return undefined;
  const parts = parsed.target.segments[0]?.parts ?? [''];
  return parts.length === 1 ? parts[0] : undefined;
}

function freeId({ steps }: Pattern, methods: readonly string[], taken: Set<string>): string {
  const words = steps.map((step) => (step.kind === 'literal' ? step.text : `by ${step.name}`));
  const slug = [...words, methods.join(' ')]
    .join(' ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 100)
    .replace(/^-+|-+$/g, '');
  let id = slug;
  for (let n = 2; taken.has(id); n++) id = `${slug}-${n}`;
  taken.add(id);
  return id;
}
