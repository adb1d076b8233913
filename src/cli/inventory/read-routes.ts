import { RULE_METHODS } from '../../domain/route.js';
import { parseTarget } from '../../policy/target/parse.js';
import { serializePath } from '../../policy/target/serialize.js';
import type { RouteRow } from '../matrix/route-file.js';

/** The routes of an OpenAPI document; undefined where the body is none. `folder`: what its paths are below. */
export function readOpenApi(body: string, folder: string): readonly RouteRow[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return undefined;
  }
  const paths = memberOf(document, 'paths');
  if (typeof paths !== 'object' || paths === null) return undefined;
  return Object.entries(paths).map(([path, operations]) => ({
    path: `${folder}${path}`,
    methods: RULE_METHODS.filter((method) => memberOf(operations, method.toLowerCase()) !== undefined),
  }));
}

/** Lengths are bounded, so that no page costs more than its length. */
const LINK = /<a\s[^>]{0,2000}?\bhref\s{0,9}=\s{0,9}(?:"([^"]{1,2000})"|'([^']{1,2000})')/gi;

/** What a page links to below the service, without queries, each once. `origins`: how absolute links may begin. */
export function readLinks(
  html: string,
  servicePath: string,
  origins: readonly string[],
): readonly RouteRow[] {
  const prefix = servicePath === '/' ? '' : servicePath;
  const paths = new Set<string>();
  for (const [, double, single = ''] of html.matchAll(LINK)) {
    const link = double ?? single;
    const origin = origins.find((own) => link.startsWith(`${own}/`));
    const [target = ''] = link.slice(origin?.length ?? 0).split(/[?#]/);
    const parsed = parseTarget(target);
    if (parsed.kind === 'ambiguous') continue;
    const path = serializePath(parsed.target);
    if (path.startsWith(`${prefix}/`)) paths.add(path.slice(prefix.length));
  }
  return [...paths].map((path) => ({ methods: ['GET'], path }));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
