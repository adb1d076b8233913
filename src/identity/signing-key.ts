import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { AuthProxyError } from '../domain/errors.js';

/** A key that signs assertions, ready for use. */
export interface SigningKey {
  /** RFC 7638 thumbprint: the same key has the same name in every replica. */
  readonly kid: string;
  readonly algorithm: 'RS256' | 'EdDSA';
  readonly privateKey: KeyObject;
  /** Public members only, with `kid`, `alg` and `use`. */
  readonly publicJwk: Readonly<JWK>;
}

export type GeneratedKeyType = 'rsa' | 'ed25519';

const MIN_RSA_BITS = 2048;

/**
 * Reads a private key somebody else made: PEM (PKCS #8 or PKCS #1) or a JWK; RSA from 2048 bits, or Ed25519.
 *
 * @throws {AuthProxyError} `config`; the message names the file and never quotes it
 */
export async function loadSigningKey(keyFile: string): Promise<SigningKey> {
  let text: string;
  try {
    text = await readFile(keyFile, 'utf8');
  } catch (cause) {
    throw new AuthProxyError(
      'config',
      `signing key \`${keyFile}\` cannot be read; check the path and its mode`,
      { cause },
    );
  }
  return readSigningKey(text, keyFile);
}

/** The JWK Set that upstreams check assertions with, each key once. */
export function publicJwks(keys: readonly SigningKey[]): { readonly keys: readonly Readonly<JWK>[] } {
  return { keys: [...new Map(keys.map((key) => [key.kid, key.publicJwk])).values()] };
}

/** @throws {AuthProxyError} `config` when the key is not RSA */
export function requireRsa(key: SigningKey, profile: string): SigningKey {
  if (key.algorithm === 'RS256') return key;
  throw new AuthProxyError('config', `identity profile \`${profile}\` signs with RS256; give it an RSA key`);
}

/** A new private key as PEM (PKCS #8). */
export function generateKey(type: GeneratedKeyType): string {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: MIN_RSA_BITS })
      : generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The same for a key that was read before; `path` names it in faults. */
export async function readSigningKey(text: string, path: string): Promise<SigningKey> {
  const privateKey = parsePrivateKey(text, path);
  const details = privateKey.asymmetricKeyDetails;
  const type = privateKey.asymmetricKeyType;
  if (type !== 'ed25519' && !(type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS)) {
    throw new AuthProxyError(
      'config',
      `signing key \`${path}\` is neither RSA from ${MIN_RSA_BITS} bits nor Ed25519; make a new one`,
    );
  }
  const algorithm = type === 'rsa' ? 'RS256' : 'EdDSA';
  // Exported from the public half, so that no private member can get in.
  const members = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(members);
  return { kid, algorithm, privateKey, publicJwk: { ...members, kid, alg: algorithm, use: 'sig' } };
}

function parsePrivateKey(text: string, path: string): KeyObject {
  try {
    if (!text.trimStart().startsWith('{')) return createPrivateKey(text);
    return createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' });
  } catch {
    // Without the cause: a parser's message quotes what it read, and that is a key.
    throw new AuthProxyError(
      'config',
      `signing key \`${path}\` is not a private key as PEM or JWK; check the file`,
    );
  }
}
