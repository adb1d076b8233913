import type { RejectionCode } from '../domain/identity.js';
import { MAX_CREDENTIAL_BYTES } from './extract.js';
import { readStrictJson } from './json-members.js';

type Json = Readonly<Record<string, unknown>>;

/** A token taken apart. Nothing in it has been verified. */
export type TokenParts =
  | { readonly kind: 'parts'; readonly header: Json; readonly claims: Json }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly detail: string };

// RFC 8725bis: compare media types without regard to case, with or without the `application/` prefix.
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/**
 * Takes a JWS in compact serialization apart, and refuses what two readers could understand differently: another
 * number of parts, base64url that is not canonical, duplicate members, `crit`, `b64`, an unusual `typ`.
 *
 * @param token untrusted
 * @see RFC 7515 3.1, 4.1.9, 4.1.11; RFC 8725 2 and 3; RFC 9068 2.1 (at+jwt)
 */
export function readTokenParts(token: string): TokenParts {
  if (token.length > MAX_CREDENTIAL_BYTES) return rejected('too-long', 'the token is longer than 8 KiB');
  const parts = token.split('.', 6);
  const [headerText, claimsText, signatureText] = parts;
  if (
    parts.length !== 3 ||
    headerText === undefined ||
    claimsText === undefined ||
    signatureText === undefined
  ) {
    return rejected('malformed', 'a token has three parts');
  }
  const headerBytes = canonicalBytes(headerText);
  const claimsBytes = canonicalBytes(claimsText);
  if (headerBytes === undefined || claimsBytes === undefined || canonicalBytes(signatureText) === undefined) {
    return rejected('malformed', 'a part is not canonical base64url');
  }
  const header = readObject(headerBytes);
  if (typeof header === 'string') return rejected('malformed', `header: ${header}`);
  const claims = readObject(claimsBytes);
  if (typeof claims === 'string') return rejected('malformed', `claims: ${claims}`);
  for (const name of ['crit', 'b64', 'zip']) {
    if (name in header) return rejected('malformed', `the header has \`${name}\``);
  }
  if (header.kid !== undefined && typeof header.kid !== 'string')
    return rejected('malformed', '`kid` is not a string');
  const { typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase()))) {
    return rejected('wrong-type', '`typ` is neither JWT nor at+jwt');
  }
  return { kind: 'parts', header, claims };
}

/** Undefined where other text stands for the same bytes (padding, `+`, `/`, loose last bits), or there are none. */
function canonicalBytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

function readObject(bytes: Uint8Array): Json | string {
  const json = readStrictJson(bytes);
  if (json.kind === 'refused') return json.detail;
  if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value))
    return 'not an object';
  // Without a prototype, so that a claim named `constructor` is absent unless the token has it.
  return Object.assign(Object.create(null), json.value);
}

function rejected(code: RejectionCode, detail: string): TokenParts {
  return { kind: 'rejected', code, detail };
}
