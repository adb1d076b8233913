import { CONTROL_SEGMENT } from '../../policy/place.js';
import { parseTarget } from '../../policy/target/parse.js';
import { serializePath } from '../../policy/target/serialize.js';

/** What is wrong with a service's public path, or undefined. It must be the one spelling that requests are judged by. */
export function describePathFault(path: string): string | undefined {
  if (path === '/') return undefined;
  if (!path.startsWith('/')) return 'must start with `/`';
  if (path.includes('?')) return 'must be a path without a query';
  if (path.endsWith('/')) return 'must not end with `/`; leave it off';
  const parsed = parseTarget(path);
  if (parsed.kind === 'ambiguous') {
    return `could be read differently by two servers (${parsed.detail}); use plain letters, digits and -._~ between single \`/\``;
  }
  const { segments } = parsed.target;
  if (segments.some(({ parts }) => parts.length > 1)) return 'must not hold an encoded slash';
  if (segments.some(({ parts }) => parts[0] === CONTROL_SEGMENT)) {
    return `must not hold the segment \`${CONTROL_SEGMENT}\`: everything below it is the proxy's own`;
  }
  const canonical = serializePath(parsed.target);
  return canonical === path ? undefined : `is not canonical; write it \`${canonical}\``;
}
