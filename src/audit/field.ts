/** Longest value of an ordinary field and of a path, in characters. What is longer is cut and marked (threats L03). */
export const FIELD_CHARACTERS = 256;
export const PATH_CHARACTERS = 2048;

/** Header, payload and whatever follows of a compact JWS or JWE: base64url of `{"` always begins with `eyJ`. */
const TOKEN = /eyJ[\w-]*\.[\w-]+(?:\.[\w-]*){0,3}/g;

/** A value as a record may hold it: cut to `characters` with the full length behind it, and no token inside. */
export function clip(text: string, characters = FIELD_CHARACTERS): string {
  // Cut before masking, so that hostile length never reaches the expression. Half a token still matches it.
  const head = text.length > characters ? text.slice(0, characters) : text;
  const masked = head.includes('eyJ') ? head.replace(TOKEN, '[token]') : head;
  return text.length > characters ? `${masked}[cut, ${text.length} characters]` : masked;
}

/**
 * Visible ASCII, one way back: what is not becomes `\xNN` or `\u{NNNN}`, and a backslash becomes two.
 * So a terminal shows what came, and a reader can restore it (threats L01).
 */
export function escapeAscii(text: string): string {
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/gu, (character) => {
    if (character === '\\') return '\\\\';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`;
  });
}

/** The path of a canonical target. */
export function canonicalPath(target: string): string {
  const mark = target.indexOf('?');
  return clip(escapeAscii(mark === -1 ? target : target.slice(0, mark)), PATH_CHARACTERS);
}

/**
 * The path of a target that was refused unread: nothing in it may be trusted to be where it should be.
 * So all that some server could read as a query, a fragment or credentials of an authority is left out.
 */
export function rawPath(rawTarget: string): string {
  const end = rawTarget.slice(0, 2 * PATH_CHARACTERS).search(/[?#]|%(?:25)*(?:3f|23)/i);
  const path = end === -1 ? rawTarget : rawTarget.slice(0, end);
  const authority = /^(?:[a-z][a-z0-9+.-]*:[/\\]*|[/\\]{2,})?[^/\\]*@/i.exec(
    path.slice(0, 2 * PATH_CHARACTERS),
  );
  return clip(
    escapeAscii(authority === null ? path : `//${path.slice(authority[0].length)}`),
    PATH_CHARACTERS,
  );
}

/** A copy without the members that are undefined, so that a record has no empty fields. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0');
}
