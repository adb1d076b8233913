import fc from 'fast-check';
import type { Case } from './routers.js';
import type { Stack } from './stacks.js';

/** A request made from a real route; small numbers, so that what fails can be made smaller. */
export interface Recipe {
  readonly row: number;
  /** Index into {@link METHODS}; 0 is the row's own. */
  readonly method: number;
  /** What the parameters are filled with, in order. */
  readonly fillings: readonly number[];
  readonly mutations: readonly Mutation[];
}

export interface Mutation {
  readonly kind: MutationKind;
  /** Where, modulo the places it applies to. */
  readonly at: number;
}

const METHODS = ['', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Segments that keys, ids and names really have, and those that some route has as a literal. */
const FILLINGS = [
  ...[
    'x',
    'some-id',
    '7',
    '~',
    '-',
    'a.b',
    'a%20b',
    'caf%C3%A9',
    '01',
    '+1',
    '1.0',
    '%D9%A1',
    '...',
    'x%2Fy',
    'x/y',
  ],
  ...[
    'manual__2024-01-01T00:00:00+00:00',
    'manual__2024-01-01T00%3A00%3A00%2B00%3A00',
    's3:%2F%2Fbucket%2Fkey',
  ],
  ...['list', 'add', 'test', 'bulk', 'action', 'download', 'dagRuns', 'logs', 'xcomEntries', 'taskInstances'],
  ...['variables', 'connections', 'pools', 'dags', 'auth', 'static', 'health', 'wait', 'clear', 'logs%2F1'],
];

const MUTATORS = {
  encode: (t, at) => onCharacter(t, at, (c) => percent(c)),
  encodeLower: (t, at) => onCharacter(t, at, (c) => percent(c).toLowerCase()),
  encodeTwice: (t, at) => onCharacter(t, at, (c) => percent(c).replace('%', '%25')),
  flipCase: (t, at) => onCharacter(t, at, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())),
  doubleSlash: (t, at) => onSlash(t, at, '//'),
  encodeSlash: (t, at) => onSlash(t, at, '%2F'),
  encodeSlashLower: (t, at) => onSlash(t, at, '%2f'),
  encodeSlashTwice: (t, at) => onSlash(t, at, '%252f'),
  overlongSlash: (t, at) => onSlash(t, at, '%c0%af'),
  backslash: (t, at) => onSlash(t, at, '\\'),
  encodeBackslash: (t, at) => onSlash(t, at, '%5c'),
  dot: (t, at) => onSlash(t, at, '/./'),
  dots: (t, at) => onSlash(t, at, '/x/../'),
  encodedDots: (t, at) => onSlash(t, at, '/x/%2e%2e/'),
  slashedDots: (t, at) => onSlash(t, at, '/x%2F..%2F'),
  matrix: (t, at) => onSlash(t, at, ';x/'),
  matrixDots: (t, at) => onSlash(t, at, '/..;/'),
  health: (t, at) => onSlash(t, at, '/health/../'),
  extraSegment: (t, at) => onSlash(t, at, `/${FILLINGS[at % FILLINGS.length]}/`),
  endNewline: (t) => atEnd(t, '%0a'),
  endReturn: (t) => atEnd(t, '%0d'),
  endNul: (t) => atEnd(t, '%00'),
  endSpace: (t) => atEnd(t, '%20'),
  endTab: (t) => atEnd(t, '%09'),
  endSeparator: (t) => atEnd(t, '%e2%80%a8'),
  endSlash: (t) => atEnd(t, '/'),
  endTwoSlashes: (t) => atEnd(t, '//'),
  endEncodedSlash: (t) => atEnd(t, '%2F'),
  endQuestion: (t) => atEnd(t, '%3Fx=1'),
  endHash: (t) => atEnd(t, '%23x'),
  endSuffix: (t) => atEnd(t, '.css'),
  dropSlash: (t) => t.replace(/\/(?=\?|$)/, ''),
  dropSegment: (t, at) => onSegments(t, (parts) => parts.filter((_, i) => i !== at % parts.length)),
  repeatSegment: (t, at) =>
    onSegments(t, (parts) => parts.flatMap((part, i) => (i === at % parts.length ? [part, part] : [part]))),
  swapSegment: (t, at) =>
    onSegments(t, (parts) =>
      parts.map((part, i) => (i === at % parts.length ? (FILLINGS[at % FILLINGS.length] ?? part) : part)),
    ),
  fragment: (t) => `${t}#x`,
  fragmentInside: (t, at) => onSlash(t, at, '/#/'),
  absolute: (t) => `http://localhost${t}`,
  foreignAbsolute: (t) => `http://evil.example${t}`,
  twoLeading: (t) => `/${t}`,
  threeLeading: (t) => `//${t}`,
  dropPrefix: (t) => t.replace(/^\/quasar\/(airflow|flower)/, ''),
  repeatPrefix: (t) => t.replace(/^(\/quasar\/(airflow|flower))/, '$1$1'),
  encodePrefix: (t) => t.replace(/^\/quasar\//, '/qu%61sar/'),
  gluePrefix: (t) => t.replace(/^\/quasar\//, '/quasar%2F'),
  tab: (t, at) => onCharacter(t, at, (c) => `\t${c}`),
  highByte: (t, at) => onCharacter(t, at, (c) => `\u00e9${c}`),
  badEscape: (t, at) => onCharacter(t, at, (c) => `%${c}`),
  badUtf8: (t, at) => onCharacter(t, at, (c) => `%ff${c}`),
  tolerated: (t, at) => onCharacter(t, at, (c) => `${c}${'[]|^{}"'[at % 7]}`),
  query: (t) => atQuery(t, 'x=1'),
  queryResult: (t) => atQuery(t, 'result=return_value'),
  queryResultEncoded: (t) => atQuery(t, 'r%65sult=a'),
  queryMethod: (t) => atQuery(t, '_method=GET'),
  querySemicolon: (t) => atQuery(t, 'a=1;result=b'),
  queryPath: (t) => atQuery(t, '/../health'),
} as const satisfies Record<string, (target: string, at: number) => string>;

export type MutationKind = keyof typeof MUTATORS;
const KINDS = Object.keys(MUTATORS) as MutationKind[];

const mutation: fc.Arbitrary<Mutation> = fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(255) });

/** Real routes under at most four mutations; one in five is left as it is, so that ordinary requests are judged too. */
export const recipe: fc.Arbitrary<Recipe> = fc.record({
  row: fc.nat(9999),
  method: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(METHODS.length - 1)),
  fillings: fc.array(fc.nat(FILLINGS.length - 1), { minLength: 6, maxLength: 6 }),
  mutations: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
    { weight: 4, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 4 }) },
  ),
});

const PLACEHOLDER = /<(?:(\w+):)?\w+>|\{\w+(?::(\w+))?\}|\(\.[+*]\)|\/\?$/g;

/** The method and the raw bytes of the target that a client sends. */
export function write({ row, method, fillings, mutations }: Recipe, stack: Stack): Case {
  const served = stack.rows[row % stack.rows.length];
  if (served === undefined) throw new RangeError('a table without rows');
  let index = 0;
  const path = served.path.replace('.*', '/unknown').replace(PLACEHOLDER, (found, flask) => {
    if (found === '/?') return '';
    const filling = FILLINGS[fillings[index++] ?? 0] ?? 'x';
    return flask === 'int' && filling.includes('/') ? '7' : filling;
  });
  const own = served.methods[(fillings[0] ?? 0) % served.methods.length] ?? 'GET';
  const target = mutations.reduce((text, { kind, at }) => MUTATORS[kind](text, at), `${stack.prefix}${path}`);
  return [METHODS[method] || own, target];
}

/** Simpler recipes of the same kind, the simplest first. */
export function simpler(one: Recipe): Recipe[] {
  return [
    ...one.mutations.map((_, gone) => ({ ...one, mutations: one.mutations.filter((_, i) => i !== gone) })),
    ...(one.method === 0 ? [] : [{ ...one, method: 0 }]),
    ...one.fillings.flatMap((filling, i) =>
      filling === 0 ? [] : [{ ...one, fillings: one.fillings.with(i, 0) }],
    ),
    ...one.mutations.flatMap(({ kind, at }, i) =>
      at === 0 ? [] : [{ ...one, mutations: one.mutations.with(i, { kind, at: at >> 1 }) }],
    ),
  ];
}

function percent(character: string): string {
  return [...Buffer.from(character, 'latin1')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

function cut(target: string): [path: string, query: string] {
  const question = target.indexOf('?');
  return question === -1 ? [target, ''] : [target.slice(0, question), target.slice(question)];
}

function onCharacter(target: string, at: number, change: (character: string) => string): string {
  const [path, query] = cut(target);
  const index = 1 + (at % Math.max(1, path.length - 1));
  const character = path[index];
  if (character === undefined) return target;
  return `${path.slice(0, index)}${change(character)}${path.slice(index + 1)}${query}`;
}

function onSlash(target: string, at: number, replacement: string): string {
  const [path, query] = cut(target);
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
  const index = slashes[at % slashes.length];
  if (index === undefined) return target;
  return `${path.slice(0, index)}${replacement}${path.slice(index + 1)}${query}`;
}

function onSegments(target: string, change: (segments: readonly string[]) => readonly string[]): string {
  const [path, query] = cut(target);
  return `/${change(path.slice(1).split('/')).join('/')}${query}`;
}

function atEnd(target: string, text: string): string {
  const [path, query] = cut(target);
  return `${path}${text}${query}`;
}

function atQuery(target: string, field: string): string {
  return target.includes('?') ? `${target}&${field}` : `${target}?${field}`;
}
