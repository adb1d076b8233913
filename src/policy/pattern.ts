/** A pattern of the catalog: literals, `{x}` (one non-empty segment), `{x*}` (tail, last, zero or more segments). */
export interface Pattern {
  readonly source: string;
  readonly steps: readonly Step[];
  readonly tail: string | undefined;
}

export type Step =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string };

export type PatternResult =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'malformed'; readonly message: string };

const PARAMETER = /^\{([A-Za-z_][A-Za-z0-9_]*)(\*?)\}$/;

/** Reads a pattern; a final `/` means nothing. */
export function parsePattern(source: string): PatternResult {
  const malformed = (message: string): PatternResult => ({ kind: 'malformed', message });
  if (!source.startsWith('/'))
    return malformed(`path \`${source}\` does not start with \`/\`; write it from the root of the service`);
  const pieces = source.slice(1).split('/');
  if (pieces[pieces.length - 1] === '') pieces.pop();

  const steps: Step[] = [];
  const names = new Set<string>();
  let tail: string | undefined;
  for (const piece of pieces) {
    if (tail !== undefined)
      return malformed(`path \`${source}\` goes on after its tail \`{${tail}*}\`; a tail is last`);
    const match = PARAMETER.exec(piece);
    const name = match?.[1];
    if (name === undefined) {
      if (piece === '' || /[{}*?#%\\]/.test(piece)) {
        return malformed(
          `path \`${source}\` has the segment \`${piece}\`; write a literal, \`{name}\` or \`{name*}\``,
        );
      }
      steps.push({ kind: 'literal', text: piece });
      continue;
    }
    if (names.has(name))
      return malformed(`path \`${source}\` names \`{${name}}\` twice; give each its own name`);
    names.add(name);
    if (match?.[2] === '*') tail = name;
    else steps.push({ kind: 'parameter', name });
  }
  return { kind: 'pattern', pattern: { source, steps, tail } };
}

/** The pattern without its names: two of one shape match the same paths. */
export function shapeOf(pattern: Pattern): string {
  const steps = pattern.steps.map((step) => (step.kind === 'literal' ? step.text : '{}'));
  return `/${[...steps, ...(pattern.tail === undefined ? [] : ['{*}'])].join('/')}`;
}

/** Whether some path matches both. */
export function patternsIntersect(a: Pattern, b: Pattern): boolean {
  const shorter = Math.min(a.steps.length, b.steps.length);
  for (let i = 0; i < shorter; i++) {
    const [left, right] = [a.steps[i], b.steps[i]];
    if (left?.kind === 'literal' && right?.kind === 'literal' && left.text !== right.text) return false;
  }
  if (a.steps.length > shorter) return b.tail !== undefined;
  if (b.steps.length > shorter) return a.tail !== undefined;
  return true;
}
