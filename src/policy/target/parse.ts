import { canonicalQuery } from './query.js';
import { decodeSegment } from './segment.js';

declare const parsedHere: unique symbol;

/**
 * A request target that every upstream stack reads alike. Only {@link parseTarget} makes one: what is judged and what
 * is forwarded both come from this object.
 */
export interface CanonicalTarget {
  readonly [parsedHere]: true;
  readonly segments: readonly Segment[];
  /** The path ended in `/`; never true for the root alone. */
  readonly trailingSlash: boolean;
  /** Canonical query without `?`; undefined where there is none, empty where it is empty. */
  readonly query: string | undefined;
}

/** One segment between raw slashes, percent-decoded once. More than one part where it held `%2F`. */
export interface Segment {
  readonly parts: readonly string[];
}

export type ParsedTarget =
  | { readonly kind: 'canonical'; readonly target: CanonicalTarget }
  | { readonly kind: 'ambiguous'; readonly detail: string };

/**
 * Parses the bytes of a request target (RFC 9112 3.2, origin-form only) as they came, one character a byte.
 * Refuses, never repairs, what two servers could read differently; see `docs/decisions.md` for the grammar.
 */
export function parseTarget(raw: string): ParsedTarget {
  if (raw.charCodeAt(0) !== 0x2f) return ambiguous('not in origin-form');
  const question = raw.indexOf('?');
  const path = question === -1 ? raw : raw.slice(0, question);
  const query = question === -1 ? undefined : canonicalQuery(raw.slice(question + 1));
  if (question !== -1 && query === undefined) return ambiguous('character outside the grammar in the query');

  const pieces = path.slice(1).split('/');
  const trailingSlash = pieces.length > 1 && pieces[pieces.length - 1] === '';
  if (trailingSlash || path === '/') pieces.pop();

  const segments: Segment[] = [];
  for (const piece of pieces) {
    if (piece === '') return ambiguous('empty segment');
    const decoded = decodeSegment(piece);
    if (decoded.kind === 'ambiguous') return ambiguous(decoded.fault);
    segments.push({ parts: decoded.parts });
  }
  return { kind: 'canonical', target: { segments, trailingSlash, query } as unknown as CanonicalTarget };
}

function ambiguous(detail: string): ParsedTarget {
  return { kind: 'ambiguous', detail };
}
