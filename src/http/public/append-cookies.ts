import type { ServerResponse } from 'node:http';

/**
 * Adds `Set-Cookie` fields to whatever answer will be given: a renewed session has to reach the browser with the next
 * answer, be it the upstream's or ours. An answer that a shared cache may keep stays without: it would hand one
 * person's session to others (RFC 9111 3.5, 7.3).
 */
export function appendCookies(res: ServerResponse, cookies: readonly string[]): void {
  if (cookies.length === 0) return;
  const original = res.writeHead;
  const writeHead = (...args: unknown[]): ServerResponse => {
    const last = args.length - 1;
    return Reflect.apply(original, res, [...args.slice(0, last), withCookies(args[last], cookies)]);
  };
  res.writeHead = writeHead as typeof res.writeHead;
}

/** Headers as this project gives them to `writeHead`: a flat list or an object with lower-case names. */
function withCookies(headers: unknown, cookies: readonly string[]): unknown {
  if (Array.isArray(headers)) {
    const control = headers.findIndex((name, at) => at % 2 === 0 && /^cache-control$/i.test(String(name)));
    if (control === -1 || !isPrivate(headers[control + 1])) return headers;
    return [...headers, ...cookies.flatMap((cookie) => ['set-cookie', cookie])];
  }
  if (typeof headers !== 'object' || headers === null) return headers;
  const fields: Record<string, unknown> = { ...headers };
  if (!isPrivate(fields['cache-control'])) return headers;
  const before = fields['set-cookie'];
  return { ...fields, 'set-cookie': [...(Array.isArray(before) ? before : []), ...cookies] };
}

function isPrivate(cacheControl: unknown): boolean {
  return /\b(?:private|no-store)\b/i.test(String(cacheControl));
}
