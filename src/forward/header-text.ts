/** RFC 9110 5.6.2: token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 5.5: field-value as latin-1 text; no CR, LF, NUL or other control byte but HTAB. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** Lower-cased members of a comma list such as `Connection`. */
export function listMembers(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** Every value of one field, in order. `raw` is name, value, name, value …; `name` in lower case. */
export function valuesOf(raw: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === name) values.push(raw[i + 1] ?? '');
  }
  return values;
}

/** Names that a message's `Connection` fields make hop-by-hop (RFC 9110 7.6.1). */
export function connectionNamed(raw: readonly string[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const value of valuesOf(raw, 'connection')) for (const member of listMembers(value)) named.add(member);
  return named;
}
