import { SignJWT } from 'jose';
import type { Assertion } from '../domain/assertion.js';
import { checkedAudience } from './audience.js';
import { createBearerAssertion } from './bearer.js';
import type { SigningKey } from './signing-key.js';

export interface Airflow3JwksOptions {
  /** Published to Airflow by `[api_auth] trusted_jwks_url` for an hour before it signs: Airflow keeps what it read. */
  readonly key: () => SigningKey;
  /** The value of `[api_auth] jwt_audience`. */
  readonly audience: string;
  /** The value of `[api_auth] jwt_issuer`, where it is set. */
  readonly issuer?: string | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * Airflow 3 with SimpleAuthManager and `trusted_jwks_url`: RS256 or EdDSA by the key, always with `kid`, because an
 * unknown or missing one is a 500 up to 3.2.
 *
 * @throws {AuthProxyError} `config` for an audience that is not the API's
 * @see airflow-core/src/airflow/api_fastapi/auth/tokens.py `JWKS`, `JWTValidator` (3.0 to 3.3)
 */
export function createAirflow3JwksAssertion(options: Airflow3JwksOptions): Assertion {
  const profile = 'airflow3-jwks';
  const audience = checkedAudience(options.audience, profile);
  return createBearerAssertion(profile, {
    now: options.now,
    mint: ({ sub, role, issuedAt, expiresAt }) => {
      const { kid, algorithm, privateKey } = options.key();
      return new SignJWT({
        sub,
        ...(options.issuer === undefined ? {} : { iss: options.issuer }),
        aud: audience,
        role: role.toLowerCase(),
        iat: issuedAt,
        nbf: issuedAt,
        exp: expiresAt,
      })
        .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
        .sign(privateKey);
    },
  });
}
