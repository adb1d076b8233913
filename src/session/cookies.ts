import type { RawHeaders } from './raw-headers.js';

/**
 * Most cookies one session is split over. With the default limits of a request's headers there is room for as much
 * again.
 */
export const MAX_PARTS = 4;
/** RFC 6265 6.1: a browser keeps 4096 bytes of name, value and attributes together. */
const PART_CHARACTERS = 3800;

export type CookieReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly value: string }
  /** Twice, in parts that do not fit, or beyond any length we write: not to be guessed at (threats C01). */
  | { readonly kind: 'broken' };

/**
 * Names of our cookies. `__Host-` binds them to this very host and to https (RFC 6265bis 4.1.3.2); over plain http,
 * which is for loopback, a browser would not keep such a name.
 */
export function hostCookie(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

/** Every name a split cookie can have. */
export function partNames(name: string): string[] {
  return Array.from({ length: MAX_PARTS }, (_, index) => (index === 0 ? name : `${name}.${index}`));
}

/** Reads a value written by {@link writeParts}. Nothing in it is trusted. */
export function readParts(headers: RawHeaders, name: string): CookieReading {
  const found = cookiesOf(headers, new Set(partNames(name)));
  if (found === 'twice') return { kind: 'broken' };
  const first = found.get(name);
  if (first === undefined || first === '') return { kind: 'none' };
  const match = /^([1-9])\.([A-Za-z0-9_.-]*)$/.exec(first);
  const count = Number(match?.[1]);
  if (match === null || count > MAX_PARTS) return { kind: 'broken' };
  const rest = partNames(name)
    .slice(1, count)
    .map((part) => found.get(part));
  if (rest.some((part) => part === undefined)) return { kind: 'broken' };
  return { kind: 'one', value: [match[2], ...rest].join('') };
}

/** `Set-Cookie` values for a value of any length; undefined where it is too long even in parts. */
export function writeParts(name: string, value: string, secure: boolean): string[] | undefined {
  const count = Math.max(1, Math.ceil(value.length / PART_CHARACTERS));
  if (count > MAX_PARTS) return undefined;
  return partNames(name).flatMap((part, index) => {
    const piece = value.slice(index * PART_CHARACTERS, (index + 1) * PART_CHARACTERS);
    // What an earlier, longer session left is harmless, and not worth a field in every answer.
    if (index >= count) return [];
    return [setCookie(part, index === 0 ? `${count}.${piece}` : piece, { secure })];
  });
}

/** Makes the browser forget all parts. */
export function clearParts(name: string, secure: boolean): string[] {
  return partNames(name).map((part) => setCookie(part, '', { secure, maxAgeSeconds: 0 }));
}

/**
 * One `Set-Cookie` value: HttpOnly, since no script reads it; SameSite=Lax, so that it comes along when a provider
 * leads back here. Without `maxAgeSeconds` it ends with the browser.
 */
export function setCookie(
  name: string,
  value: string,
  { secure, maxAgeSeconds }: { readonly secure: boolean; readonly maxAgeSeconds?: number },
): string {
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
  return `${name}=${value}; Path=/${age}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** The values of the cookies asked for. Parsed by RFC 6265 4.2.1: no unquoting, exact bytes of the name. */
export function cookiesOf(headers: RawHeaders, names: ReadonlySet<string>): Map<string, string> | 'twice' {
  const found = new Map<string, string>();
  for (const [field, line] of headers) {
    if (field.length !== 6 || field.toLowerCase() !== 'cookie') continue;
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=');
      if (equals === -1) continue;
      const name = pair.slice(0, equals).replace(/^[ \t]+/, '');
      if (!names.has(name)) continue;
      if (found.has(name)) return 'twice';
      found.set(name, pair.slice(equals + 1));
    }
  }
  return found;
}
