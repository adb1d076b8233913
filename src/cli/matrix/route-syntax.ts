/**
 * One placeholder of a path: Werkzeug `<x>` `<int:x>` `<string(length=2):x>`, Starlette `{x}` `{x:path}`, a group of
 * Tornado's regular expressions `(.+)` `([^/]+)` `(?P<x>\d+)`, or Tornado's bare `.*`.
 */
const PLACEHOLDER =
  /<(?:(?<flask>\w+)(?:\((?<arguments>[^)]*)\))?:)?\w+>|\{\w+(?::(?<starlette>\w+))?\}|\((?:\?P<\w+>|\?:)?(?<group>(?:\[[^\]]*\]|[^()[\]])*)\)[?*+]?|(?<bare>\.[*+])/g;

type Kind = 'segment' | 'number' | 'tail';

/** Converters that are not a plain segment. */
const CONVERTERS: Readonly<Record<string, Kind>> = {
  __proto__: null as never,
  path: 'tail',
  int: 'number',
  float: 'number',
};

/** Concrete values for placeholders, none of which is a literal of the catalog. */
export interface Samples {
  readonly segment: string;
  readonly number: string;
}

/** Made-up segments that no literal of the catalog equals, so that a placeholder never hits a more literal rule. */
export function createSamples(literals: Iterable<string>): Samples {
  const taken = new Set(literals);
  let segment = 'sample';
  while (taken.has(segment)) segment += '-x';
  let number = 7;
  while (taken.has(String(number))) number += 1;
  return { segment, number: String(number) };
}

/**
 * Targets that a path of a route table matches, each once. A tail is tried with one segment and with two, since it may
 * hold slashes.
 */
export function instantiate(path: string, samples: Samples): readonly string[] {
  const plain = withoutAnchors(path);
  const fill = (tail: string) => {
    const values = { tail, ...samples } satisfies Record<Kind, string>;
    return plain.replace(PLACEHOLDER, (...found: unknown[]) => {
      const groups = found.at(-1) as Groups;
      return alternativeOf(groups) ?? values[kindOf(groups)];
    });
  };
  const targets = [fill(samples.segment), fill(`${samples.segment}/${samples.segment}`)];
  return [...new Set(targets.map((target) => (target.startsWith('/') ? target : `/${target}`)))];
}

/**
 * Whether a row takes whatever no other row takes: nothing but a tail below the root or an API's root, under the name of a
 * value nobody reads. Such a row is no route; what it answers is "not found" or the page that says so.
 */
export function isCatchAll(path: string): boolean {
  const plain = withoutAnchors(path);
  return (
    /^\/?(?:\(?\.[*+]\)?|\(\?P<\w+>\.[*+]\)|<path:\w+>|\{\w+:path\})$/.test(plain) ||
    /\/(?:<path:(?:_|rest_of_path)>|\{(?:_|rest_of_path):path\})$/.test(plain)
  );
}

type Groups = Readonly<Record<string, string | undefined>>;

/** `<any(a,b):x>` and `(a|b)` list what they take; the first stands for all. */
function alternativeOf({ flask, arguments: listed, group }: Groups): string | undefined {
  if (flask === 'any') return listed?.split(',')[0]?.trim();
  return group !== undefined && /^[\w-]+(?:\|[\w-]+)+$/.test(group) ? group.split('|')[0] : undefined;
}

function kindOf({ flask, starlette, group, bare }: Groups): Kind {
  if (bare !== undefined) return 'tail';
  if (group !== undefined) return kindOfGroup(group);
  return CONVERTERS[flask ?? starlette ?? ''] ?? 'segment';
}

/** A dot takes slashes; a class does unless it leaves them out or lists without them. */
function kindOfGroup(group: string): Kind {
  if (/^(?:\\d|\[0-9\])[+*]?$/.test(group)) return 'number';
  return group.replace(/\[[^\]]*\]/g, (cls) => (takesSlash(cls) ? '.' : '')).includes('.')
    ? 'tail'
    : 'segment';
}

function takesSlash(characterClass: string): boolean {
  return characterClass.startsWith('[^') !== characterClass.includes('/');
}

/** `^`, `$`, Tornado's optional final slash, and `\.` for a dot. */
function withoutAnchors(path: string): string {
  return path
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/\/\?$/, '')
    .replace(/\\([.\-/])/g, '$1');
}
