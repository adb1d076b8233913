import type { RejectionCode } from '../domain/identity.js';

/** Header fields as received, in order: name in the sender's case, value without surrounding white space. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** The one credential of a request. Nothing in it is trusted: no token component has been verified. */
export type ExtractedCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'cookie'; readonly token: string }
  | { readonly kind: 'service-account-key'; readonly key: string }
  | { readonly kind: 'ambiguous'; readonly detail: string }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly detail: string };

/** Longest credential in bytes; checked before anything parses it. */
export const MAX_CREDENTIAL_BYTES = 8192;

// RFC 9110 11.2: token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=".
const TOKEN68 = /^[A-Za-z0-9\-._~+/]+=*$/;
const NONE: ExtractedCredential = { kind: 'none' };

/**
 * Finds the one credential of a request; pure. Two of them that could be read differently are `ambiguous`, never
 * a choice: a bad bearer does not fall back to a good cookie.
 *
 * A header and a cookie that hold the same token count as `bearer`. This does not weaken the CSRF rule for
 * cookies: a page of another site cannot set `Authorization` without a CORS preflight, which is never granted,
 * so a request that carries it was built by a program or by our own origin.
 *
 * @param headers all header fields as received
 * @param cookieName exact bytes of the platform cookie's name (RFC 6265; `__Host-` is compared like any byte)
 * @see RFC 6750 2.1, RFC 9110 11.6.2, RFC 6265 4.2.1
 */
export function extractCredential(headers: RawHeaders, cookieName: string): ExtractedCredential {
  let authorization: string | undefined;
  let cookie: string | undefined;
  for (const [name, value] of headers) {
    switch (name.length === 13 || name.length === 6 ? name.toLowerCase() : '') {
      case 'authorization':
        if (authorization !== undefined) return ambiguous('two `authorization` headers');
        authorization = value;
        break;
      case 'cookie':
        for (const found of cookieValues(value, cookieName)) {
          if (cookie !== undefined) return ambiguous('the platform cookie occurs twice');
          cookie = found;
        }
        break;
      default:
    }
  }
  if (authorization === undefined) return cookie === undefined || cookie === '' ? NONE : fromCookie(cookie);
  const credential = fromAuthorization(authorization);
  if (cookie === undefined || cookie === '' || textOf(credential) === cookie) return credential;
  return ambiguous('the `authorization` header and the platform cookie differ');
}

function fromAuthorization(value: string): ExtractedCredential {
  const space = value.indexOf(' ');
  const scheme = space === -1 ? undefined : value.slice(0, space);
  const credential = value.slice(space + 1);
  if (scheme !== undefined && scheme.toLowerCase() !== 'bearer')
    return rejected('wrong-scheme', 'the scheme is not bearer');
  if (credential.length > MAX_CREDENTIAL_BYTES)
    return rejected('too-long', 'the credential is longer than 8 KiB');
  if (!TOKEN68.test(credential) || (scheme === undefined && credential.toLowerCase() === 'bearer')) {
    return rejected('malformed', 'the authorization header does not hold one token');
  }
  // A JWT always has dots and a service-account key never: so one grammar serves both.
  if (!credential.includes('.')) return { kind: 'service-account-key', key: credential };
  if (scheme === undefined) return rejected('wrong-scheme', 'a token needs the bearer scheme');
  return { kind: 'bearer', token: credential };
}

function fromCookie(value: string): ExtractedCredential {
  if (value.length > MAX_CREDENTIAL_BYTES) return rejected('too-long', 'the credential is longer than 8 KiB');
  // No unquoting and no decoding: RFC 6265 4.1.1 gives neither a meaning, and servers disagree about both.
  if (!TOKEN68.test(value)) return rejected('malformed', 'the platform cookie does not hold one token');
  return { kind: 'cookie', token: value };
}

/** Every value the exact name has in one Cookie line. Only SP and HTAB before a name are white space. */
function* cookieValues(line: string, cookieName: string): Generator<string> {
  for (const pair of line.split(';')) {
    const start = /^[ \t]*/.exec(pair)?.[0].length ?? 0;
    if (pair.startsWith(cookieName, start) && pair.charAt(start + cookieName.length) === '=') {
      yield pair.slice(start + cookieName.length + 1);
    }
  }
}

function textOf(credential: ExtractedCredential): string | undefined {
  if (credential.kind === 'bearer') return credential.token;
  return credential.kind === 'service-account-key' ? credential.key : undefined;
}

function ambiguous(detail: string): ExtractedCredential {
  return { kind: 'ambiguous', detail };
}

function rejected(code: RejectionCode, detail: string): ExtractedCredential {
  return { kind: 'rejected', code, detail };
}
