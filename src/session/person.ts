import type { Principal } from '../domain/principal.js';
import type { ReadPerson } from './sessions.js';

export interface PersonClaims {
  /** Claim that role sources know the person by. */
  readonly principal: string;
}

export interface PersonReaderOptions {
  readonly providers: ReadonlyMap<string, PersonClaims>;
  /** The gateway's own reading of claims, the same as for tokens of that provider. */
  readonly readPrincipal: (
    provider: string,
    claims: Readonly<Record<string, unknown>>,
  ) =>
    | { readonly kind: 'principal'; readonly principal: Principal }
    | { readonly kind: 'refused'; readonly detail: string };
}

/**
 * Reads who signed in. Where the e-mail address is the principal the provider must say that it verified it: at many of
 * them anybody may enter any address (OpenID Connect Core 5.1, 5.7).
 */
export function createPersonReader({ providers, readPrincipal }: PersonReaderOptions): ReadPerson {
  return function readPerson(provider, claims) {
    const names = providers.get(provider);
    if (names === undefined) return { kind: 'refused', detail: 'the provider is not configured any more' };
    if (names.principal === 'email' && claims.email_verified !== true)
      return { kind: 'refused', detail: 'the provider does not say that the e-mail address is verified' };
    return readPrincipal(provider, claims);
  };
}
