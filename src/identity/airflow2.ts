import { SignJWT } from 'jose';
import type { Assertion } from '../domain/assertion.js';
import { checkedAudience } from './audience.js';
import { createBearerAssertion } from './bearer.js';
import { requireRsa, type SigningKey } from './signing-key.js';

export interface Airflow2Options {
  /** RSA: the check on the other side takes RS256 and nothing else. */
  readonly key: () => SigningKey;
  /** The Deployment's id, so that no assertion works at another one. */
  readonly deployment: string;
  readonly now?: (() => number) | undefined;
}

/** The `iss` of assertions for Airflow 2. */
export const ASSERTION_ISSUER = 'airflow-auth-proxy';

/**
 * Airflow 2.3 to 2.11 with our `config/airflow/webserver_config.py`, which checks the assertion on every request
 * and gives the person exactly the role it names.
 *
 * @throws {AuthProxyError} `config` when the key is not RSA or the Deployment has no id
 */
export function createAirflow2Assertion(options: Airflow2Options): Assertion {
  const profile = 'airflow2';
  const aud = checkedAudience(options.deployment, profile);
  requireRsa(options.key(), profile);
  return createBearerAssertion(profile, {
    now: options.now,
    mint: ({ sub, email, name, role, issuedAt, expiresAt }) => {
      const { kid, privateKey } = options.key();
      return new SignJWT({
        iss: ASSERTION_ISSUER,
        aud,
        sub,
        email,
        name,
        role,
        iat: issuedAt,
        nbf: issuedAt,
        exp: expiresAt,
      })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .sign(privateKey);
    },
  });
}
