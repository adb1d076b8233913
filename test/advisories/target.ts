import { parseTarget } from '../../src/policy/target/parse.js';
import { serializeTarget } from '../../src/policy/target/serialize.js';

/** What would be forwarded of a target, or why it is refused. */
export function readTarget(raw: string): string {
  const parsed = parseTarget(raw);
  return parsed.kind === 'ambiguous' ? `refused: ${parsed.detail}` : serializeTarget(parsed.target);
}
