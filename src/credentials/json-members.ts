/** What strict reading of untrusted JSON gives. `detail` names the rule that was broken, never the content. */
export type StrictJson =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly detail: string };

/** A container that is open at the current place. */
type Open =
  | { readonly kind: 'array' }
  | { readonly kind: 'object'; readonly names: Set<string>; nameNext: boolean };

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON that two parsers cannot understand differently: valid UTF-8 without a byte order mark, no member
 * name twice in one object (compared after unescaping), nesting within `maxDepth`. Linear in the length.
 *
 * @param bytes untrusted; the caller bounds their number
 * @see RFC 7519 4 and RFC 8725 2.4 (names must be unique), RFC 8259 4
 */
export function readStrictJson(bytes: Uint8Array, maxDepth = 16): StrictJson {
  let text: string;
  try {
    text = DECODER.decode(bytes);
  } catch {
    return { kind: 'refused', detail: 'not UTF-8' };
  }
  const fault = findFault(text, maxDepth);
  if (fault !== undefined) return { kind: 'refused', detail: fault };
  try {
    return { kind: 'read', value: JSON.parse(text) };
  } catch {
    return { kind: 'refused', detail: 'not JSON' };
  }
}

/** Looks at structure only: text that is not JSON may pass here, `JSON.parse` refuses it afterwards. */
function findFault(text: string, maxDepth: number): string | undefined {
  const stack: Open[] = [];
  for (let at = 0; at < text.length; at++) {
    const top = stack[stack.length - 1];
    switch (text.charAt(at)) {
      case '{':
        stack.push({ kind: 'object', names: new Set(), nameNext: true });
        break;
      case '[':
        stack.push({ kind: 'array' });
        break;
      case '}':
      case ']':
        stack.pop();
        break;
      case ',':
        if (top?.kind === 'object') top.nameNext = true;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (end === undefined) return 'not JSON';
        if (top?.kind === 'object' && top.nameNext) {
          const name = unescaped(text.slice(at, end + 1));
          if (name === undefined) return 'not JSON';
          if (top.names.has(name)) return 'a member name occurs twice';
          top.names.add(name);
          top.nameNext = false;
        }
        at = end;
        break;
      }
      default:
    }
    if (stack.length > maxDepth) return 'nested too deep';
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at++;
  }
  return undefined;
}

function unescaped(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}
