import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  randomUUID,
} from 'node:crypto';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import { AuthProxyError } from '../domain/errors.js';
import { createOnce } from '../state/create-once.js';

export const DEVELOPMENT_ISSUER = 'urn:airflow-auth-proxy:development';
export const DEVELOPMENT_AUDIENCE = 'airflow-auth-proxy';

export interface DevelopmentPerson {
  readonly id: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

export interface DevelopmentIssuer {
  readonly issuer: typeof DEVELOPMENT_ISSUER;
  readonly audience: typeof DEVELOPMENT_AUDIENCE;
  /** A token for anybody named, no questions asked. */
  mint(person: DevelopmentPerson, ttlSeconds: number): Promise<string>;
  /** The public half, as a JWK Set. */
  jwks(): { readonly keys: readonly Readonly<JsonWebKey>[] };
}

export interface DevelopmentIssuerOptions {
  /** Where the key is kept (mode 0600), so that another process can mint for a running server; else in memory. */
  readonly keyPath?: string | undefined;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * An issuer for trying things out: whoever can reach it or read its key file is whoever they like. ES256.
 *
 * @throws {AuthProxyError} `config` when the key file holds something else
 */
export async function createDevelopmentIssuer(
  options: DevelopmentIssuerOptions = {},
): Promise<DevelopmentIssuer> {
  const { keyPath, now = Date.now } = options;
  const text = keyPath === undefined ? newKey() : await createOnce(keyPath, newKey);
  const { privateKey, publicJwk } = readKey(text, keyPath ?? 'the development key');
  const kid = await calculateJwkThumbprint(publicJwk as Parameters<typeof calculateJwkThumbprint>[0]);
  const jwks = { keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] };

  return {
    issuer: DEVELOPMENT_ISSUER,
    audience: DEVELOPMENT_AUDIENCE,
    async mint(person, ttlSeconds) {
      const issuedAt = Math.floor(now() / 1000);
      const { id, email, name, groups } = person;
      return new SignJWT({ email, name, groups: groups === undefined ? undefined : [...groups] })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
        .setIssuer(DEVELOPMENT_ISSUER)
        .setAudience(DEVELOPMENT_AUDIENCE)
        .setSubject(id)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(privateKey);
    },
    jwks: () => jwks,
  };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n`;
}

function readKey(text: string, name: string) {
  try {
    const privateKey = createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
    const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' });
    if (publicJwk.crv !== 'P-256') throw new Error('not a P-256 key');
    return { privateKey, publicJwk };
  } catch {
    // Without the cause: a parser's message quotes what it read, and that is a key.
    throw new AuthProxyError(
      'config',
      `\`${name}\` is not a P-256 private JWK; remove the file to get a new one`,
    );
  }
}
