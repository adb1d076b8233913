import { SignJWT } from 'jose';
import type { Assertion } from '../domain/assertion.js';
import { checkedAudience } from './audience.js';
import { createBearerAssertion } from './bearer.js';
import { requireRsa, type SigningKey } from './signing-key.js';

export interface AstroSmOptions {
  /** RSA; its public half is the manager's `jwt_signing_cert`. */
  readonly key: () => SigningKey;
  /** The value of `[astronomer] jwt_audience`: the Deployment's host name. */
  readonly audience: string;
  readonly now?: (() => number) | undefined;
}

/**
 * Airflow 1.10 and 2 with astronomer-fab-securitymanager. It wants every one of these claims and answers 403 when
 * one is missing, so a person without an address gets `<subject>@airflow-auth-proxy.invalid`; an unknown role name
 * would be a 500, hence the closed list of stock roles.
 *
 * The manager does not notice that the person changed while the roles stay the same: the session cookie has to be
 * dropped on the way.
 *
 * @throws {AuthProxyError} `config` when the key is not RSA or there is no audience
 * @see astronomer-fab-securitymanager 1.9.4, `flask_appbuilder/security.py`
 */
export function createAstroSmAssertion(options: AstroSmOptions): Assertion {
  const profile = 'astro-sm';
  const aud = checkedAudience(options.audience, profile);
  requireRsa(options.key(), profile);
  return createBearerAssertion(profile, {
    now: options.now,
    mint: ({ sub, email, name, role, issuedAt, expiresAt }) => {
      const { kid, privateKey } = options.key();
      return new SignJWT({
        sub,
        aud,
        email,
        full_name: name,
        roles: [role],
        iat: issuedAt,
        nbf: issuedAt,
        exp: expiresAt,
      })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .sign(privateKey);
    },
  });
}
