import { createHash, hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { AuthProxyError } from '../domain/errors.js';

export interface SealerOptions {
  /** The first seals, all open: a new one is put in front, the old ones go when nothing sealed by them is alive. */
  readonly secrets: readonly string[];
  /** What is sealed. A value sealed for one purpose does not open for another. */
  readonly purpose: 'session' | 'sign-in';
}

/** Encrypts values that a browser keeps for us, so that it can neither read nor change them. */
export interface Sealer {
  seal(value: object): Promise<string>;
  /** Undefined: not sealed by us for this purpose, or by a key that is gone. Never rejects. */
  open(text: string): Promise<unknown>;
}

const MIN_SECRET_CHARACTERS = 32;
const KEY_BYTES = 32;

/**
 * Seals as JWE, `dir` with A256GCM (RFC 7516, RFC 7518 4.5 and 5.3), under keys derived from the secrets by HKDF-SHA256
 * (RFC 5869), one for each purpose.
 *
 * @throws {AuthProxyError} `config` without a secret, or with one shorter than 32 characters
 */
export function createSealer({ secrets, purpose }: SealerOptions): Sealer {
  if (secrets.some((secret) => secret.length < MIN_SECRET_CHARACTERS)) {
    throw new AuthProxyError('config', `a session key is shorter than ${MIN_SECRET_CHARACTERS} characters`);
  }
  const keys = secrets.map((secret) => {
    const key = new Uint8Array(hkdfSync('sha256', secret, '', `airflow-auth-proxy ${purpose}`, KEY_BYTES));
    return { kid: createHash('sha256').update(key).digest('base64url').slice(0, 8), key };
  });
  const [current] = keys;
  if (current === undefined) throw new AuthProxyError('config', 'there is no session key');
  const byKid = new Map(keys.map(({ kid, key }) => [kid, key]));

  return {
    seal: (value) =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: current.kid })
        .encrypt(current.key),
    async open(text) {
      try {
        const { plaintext } = await compactDecrypt(text, ({ kid }) => keyOf(byKid, kid), {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return JSON.parse(new TextDecoder().decode(plaintext));
      } catch {
        return undefined;
      }
    },
  };
}

function keyOf(keys: ReadonlyMap<string, Uint8Array>, kid: unknown): Uint8Array {
  const key = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (key === undefined) throw new RangeError('sealed by a key that is not ours');
  return key;
}
