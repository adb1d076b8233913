export interface CookieOptions {
  readonly path: string;
  readonly maxAgeSeconds: number;
  /** Whether our origin is https; over http a browser would not keep a `Secure` cookie. */
  readonly secure: boolean;
}

/**
 * A value of `Set-Cookie` (RFC 6265 4.1). Always HttpOnly, since no script of ours reads it, and SameSite=Lax, so
 * that it comes along when the platform's sign-in leads back here and with no form of another site.
 */
export function setCookie(
  name: string,
  value: string,
  { path, maxAgeSeconds, secure }: CookieOptions,
): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** Makes a browser forget a cookie. It does only where name, path and (absent) domain are those it was set with. */
export function clearCookie(name: string, path: string, secure: boolean): string {
  return setCookie(name, '', { path, maxAgeSeconds: 0, secure });
}

/** The first cookie of that name in a `Cookie` header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const found = header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}
