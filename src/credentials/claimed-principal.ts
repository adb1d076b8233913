import type { Principal } from '../domain/principal.js';

/** Which claims name the caller. */
export interface ClaimNames {
  readonly principal: string;
  readonly email: string;
  readonly name: string;
  readonly groups: string;
}

export type PrincipalAnswer =
  | { readonly kind: 'principal'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly detail: string };

const MAX_ID_CHARACTERS = 256;
// Control characters, line and paragraph separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Reserved by `subjectOf`: no person may wear a program's name. */
export const SERVICE_ACCOUNT_PREFIX = 'service-account:';

/** How an issuer's people are told from everybody else's. */
export interface SubjectSpace {
  /** Put before the principal; may be empty. */
  readonly prefix: string;
  /** Beginnings that belong to others; a principal that has one of them is refused. */
  readonly reserved: readonly string[];
}

/**
 * Reads who the caller is from verified claims. The principal must be a printable, non-empty string; an e-mail
 * address, a name or groups of a wrong type count as absent, which can only take rights away.
 *
 * @param space keeps two issuers from speaking for each other's people
 */
export function readPrincipal(
  claims: Readonly<Record<string, unknown>>,
  names: ClaimNames,
  space: SubjectSpace,
): PrincipalAnswer {
  const value = claims[names.principal];
  const name = `\`${names.principal}\``;
  if (typeof value !== 'string' || value.trim() === '') return refused(`${name} is not a non-empty string`);
  if (value.trim() !== value || UNPRINTABLE.test(value))
    return refused(`${name} holds characters a name may not have`);
  // OpenID Connect Core 5.7: an address nobody verified does not identify.
  if (names.principal === 'email' && claims.email_verified === false)
    return refused('`email` is not verified');
  const id = space.prefix + value;
  if (id.length > MAX_ID_CHARACTERS) return refused(`${name} is longer than ${MAX_ID_CHARACTERS} characters`);
  const foreign = space.reserved.find((prefix) => id.startsWith(prefix));
  if (foreign !== undefined) return refused(`${name} begins with \`${foreign}\`, which is reserved`);
  const groups = claims[names.groups];
  return {
    kind: 'principal',
    principal: {
      kind: 'user',
      id,
      email: printable(claims[names.email]),
      name: printable(claims[names.name]),
      groups: Array.isArray(groups)
        ? groups.filter((group) => typeof group === 'string' && group !== '')
        : [],
    },
  };
}

function printable(value: unknown): string | undefined {
  const fits = typeof value === 'string' && value.length <= MAX_ID_CHARACTERS && !UNPRINTABLE.test(value);
  return fits && value.trim() !== '' ? value : undefined;
}

function refused(detail: string): PrincipalAnswer {
  return { kind: 'refused', detail };
}
