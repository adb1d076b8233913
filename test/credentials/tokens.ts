import {
  createHmac,
  createSign,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import type { Algorithm } from '../../src/credentials/algorithms.js';
import type { IssuerOptions } from '../../src/credentials/issuers.js';
import { createStaticKeySet } from '../../src/credentials/static-key-set.js';
import { createVerifier, type Verify } from '../../src/credentials/verify.js';

/** Wall clock of every test, epoch seconds. */
export const NOW = 1_800_000_000;
export const ISSUER = 'https://platform.example.com';
export const CLAIM_NAMES = { principal: 'sub', email: 'email', name: 'name', groups: 'groups' };

export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey;
}

export function rsaKey(kid: string | undefined, modulusLength = 2048): TestKey {
  return named(generateKeyPairSync('rsa', { modulusLength }), kid);
}

export function ecKey(kid: string | undefined, namedCurve = 'P-256'): TestKey {
  return named(generateKeyPairSync('ec', { namedCurve }), kid);
}

export function edKey(kid: string | undefined): TestKey {
  return named(generateKeyPairSync('ed25519'), kid);
}

function named(pair: { privateKey: KeyObject; publicKey: KeyObject }, kid: string | undefined): TestKey {
  const jwk = pair.publicKey.export({ format: 'jwk' });
  return { ...pair, jwk: kid === undefined ? jwk : { ...jwk, kid } };
}

/** One key for tests that do not care which; making RSA keys is slow. */
export const KEY = rsaKey('k1');

export function goodClaims(): Record<string, unknown> {
  return { iss: ISSUER, aud: 'airflow-auth-proxy', sub: 'ada', iat: NOW - 60, exp: NOW + 3600 };
}

export function b64(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** Signs any header and payload, however wrong; strings are taken as the raw JSON. */
export function signRaw(header: unknown, payload: unknown, key: TestKey = KEY): string {
  const input = `${b64(header)}.${b64(payload)}`;
  const type = key.privateKey.asymmetricKeyType;
  const signature =
    type === 'rsa'
      ? createSign('sha256').update(input).sign(key.privateKey)
      : sign(type === 'ed25519' ? null : 'sha256', Buffer.from(input), {
          key: key.privateKey,
          dsaEncoding: 'ieee-p1363',
        });
  return `${input}.${signature.toString('base64url')}`;
}

export function hmacRaw(header: unknown, payload: unknown, secret: string | Buffer): string {
  const input = `${b64(header)}.${b64(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export function goodToken(changes: Record<string, unknown> = {}): string {
  return signRaw({ alg: 'RS256', kid: 'k1', typ: 'JWT' }, { ...goodClaims(), ...changes });
}

export function issuerWith(keys: readonly TestKey[], more: Partial<IssuerOptions> = {}): IssuerOptions {
  return {
    issuer: ISSUER,
    audience: ['airflow-auth-proxy'],
    algorithms: ['RS256', 'ES256', 'EdDSA'] satisfies Algorithm[],
    keys: createStaticKeySet({ keys: keys.map((key) => key.jwk) }),
    claims: CLAIM_NAMES,
    ...more,
  };
}

export function verifierFor(issuers: readonly IssuerOptions[], nowSeconds: () => number = () => NOW): Verify {
  return createVerifier({ issuers, clockToleranceSeconds: 10, now: () => nowSeconds() * 1000 });
}
