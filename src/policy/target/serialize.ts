import type { CanonicalTarget } from './parse.js';
import { encodeSegment } from './segment.js';

/**
 * The bytes of a canonical target, ASCII only. `parseTarget(serializeTarget(t))` gives an equal target, and equal
 * meanings leave equal bytes.
 */
export function serializeTarget(target: CanonicalTarget): string {
  const path = serializePath(target);
  return target.query === undefined ? path : `${path}?${target.query}`;
}

export function serializePath(target: CanonicalTarget): string {
  const path = `/${target.segments.map((segment) => encodeSegment(segment.parts)).join('/')}`;
  return target.trailingSlash ? `${path}/` : path;
}
