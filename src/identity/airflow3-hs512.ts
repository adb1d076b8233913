import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Assertion } from '../domain/assertion.js';
import { AuthProxyError } from '../domain/errors.js';
import { checkedAudience } from './audience.js';
import { createBearerAssertion } from './bearer.js';

export interface Airflow3Hs512Options {
  /** The value of Airflow's `[api_auth] jwt_secret`. One per Deployment: it also signs task tokens. */
  readonly secret: string;
  /** The value of `[api_auth] jwt_audience`; Airflow's default is `apache-airflow`. */
  readonly audience: string;
  /** The value of `[api_auth] jwt_issuer`, where it is set. */
  readonly issuer?: string | undefined;
  readonly now?: (() => number) | undefined;
}

/** Airflow makes 16 random bytes when nothing is configured; less is no secret. */
const MIN_SECRET_BYTES = 16;

/**
 * Airflow 3, any version, with SimpleAuthManager and a shared secret: HS512, no `kid`, role in lower case. No
 * `jti`, since each one would cost Airflow a database query and `/auth/logout` would revoke it.
 *
 * @throws {AuthProxyError} `config` for a secret below 16 bytes or an audience that is not the API's
 * @see airflow-core/src/airflow/api_fastapi/auth/managers/simple/simple_auth_manager.py `deserialize_user`,
 *   api_fastapi/auth/tokens.py (3.0 to 3.3)
 */
export function createAirflow3Hs512Assertion(options: Airflow3Hs512Options): Assertion {
  const profile = 'airflow3-hs512';
  const audience = checkedAudience(options.audience, profile);
  const secret = Buffer.from(options.secret);
  if (secret.length < MIN_SECRET_BYTES) {
    throw new AuthProxyError(
      'config',
      `identity profile \`${profile}\` needs a secret of at least ${MIN_SECRET_BYTES} bytes`,
    );
  }
  const key = createSecretKey(secret);
  return createBearerAssertion(profile, {
    now: options.now,
    mint: ({ sub, role, issuedAt, expiresAt }) =>
      new SignJWT({
        sub,
        ...(options.issuer === undefined ? {} : { iss: options.issuer }),
        aud: audience,
        role: role.toLowerCase(),
        iat: issuedAt,
        nbf: issuedAt,
        exp: expiresAt,
      })
        .setProtectedHeader({ alg: 'HS512', typ: 'JWT' })
        .sign(key),
  });
}
