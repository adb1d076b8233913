import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Algorithm, demandOf, isAlgorithm } from './algorithms.js';
import { readStrictJson } from './json-members.js';

/** A public key that may check signatures. */
interface VerificationKey {
  readonly kid: string | undefined;
  readonly alg: Algorithm | undefined;
  readonly kty: string;
  readonly crv: string | undefined;
  readonly key: KeyObject;
}

/** Keys of one document. `ignored` says why a member was left out; it names kids, never key material. */
export interface JwkSet {
  readonly keys: readonly VerificationKey[];
  readonly ignored: readonly string[];
}

export type KeyMatch =
  | { readonly kind: 'found'; readonly key: KeyObject }
  | { readonly kind: 'none' }
  /** More than one key fits, so that nobody can say which one was meant. */
  | { readonly kind: 'several' };

/** Most keys one document may hold; the rest is ignored. */
const MAX_KEYS = 200;
const MIN_RSA_BITS = 2048;
const MIN_RSA_EXPONENT = 65537n;

/**
 * Reads a JWK Set. Private and symmetric keys, keys for encryption, RSA keys below 2048 bits or with an exponent
 * below 65537, and points that are not on their curve are left out, each with a line in `ignored`.
 *
 * @param bytes the document, trusted as far as its origin is
 * @throws {Error} when it is not a JWK Set or no key in it can be used: no keys never means "accept"
 * @see RFC 7517 5, RFC 8725 3.5
 */
export function parseJwkSet(bytes: Uint8Array): JwkSet {
  const json = readStrictJson(bytes);
  if (json.kind === 'refused') throw new Error(`not a key set: ${json.detail}`);
  const members = isRecord(json.value) ? json.value.keys : undefined;
  if (!Array.isArray(members)) throw new Error('not a key set: it has no `keys` array');
  const keys: VerificationKey[] = [];
  const ignored: string[] = [];
  for (const [index, member] of members.entries()) {
    const key = index < MAX_KEYS ? readKey(member) : 'more than 200 keys';
    if (typeof key === 'string') ignored.push(`key ${index + 1}: ${key}`);
    else keys.push(key);
  }
  if (keys.length === 0)
    throw new Error(`no usable key in the key set${ignored.map((why) => `; ${why}`).join('')}`);
  return { keys, ignored };
}

/** The one key that fits the algorithm and, where the token names one, the kid. */
export function findKey(set: JwkSet, algorithm: Algorithm, kid: string | undefined): KeyMatch {
  const demand = demandOf(algorithm);
  const fitting = set.keys.filter(
    (key) =>
      key.kty === demand.kty &&
      key.crv === demand.crv &&
      (key.alg === undefined || sameAlgorithm(key.alg, algorithm)) &&
      (kid === undefined || key.kid === kid),
  );
  const first = fitting[0];
  if (first === undefined) return { kind: 'none' };
  return fitting.length === 1 ? { kind: 'found', key: first.key } : { kind: 'several' };
}

function readKey(member: unknown): VerificationKey | string {
  if (!isRecord(member)) return 'not an object';
  const { kty, crv, kid, alg, use, key_ops: operations } = member;
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') return 'its `kty` is not RSA, EC or OKP';
  if (Object.hasOwn(member, 'd') || Object.hasOwn(member, 'k')) return 'it is not a public key';
  if (kid !== undefined && typeof kid !== 'string') return 'its `kid` is not a string';
  if (use !== undefined && use !== 'sig') return 'its `use` is not sig';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return 'its `key_ops` lack verify';
  }
  if (alg !== undefined && !isAlgorithm(alg)) return 'its `alg` is not one we verify';
  let key: KeyObject;
  try {
    // Checks that an EC point lies on its curve.
    key = createPublicKey({ key: publicMembers(member), format: 'jwk' });
  } catch {
    return 'it cannot be read';
  }
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (kty === 'RSA' && (modulusLength ?? 0) < MIN_RSA_BITS) return 'RSA below 2048 bits';
  if (kty === 'RSA' && (publicExponent ?? 0n) < MIN_RSA_EXPONENT) return 'RSA exponent below 65537';
  return { kid, alg, kty, crv: kty === 'RSA' ? undefined : String(crv), key };
}

function publicMembers(member: Record<string, unknown>): Record<string, string> {
  const names = ['kty', 'crv', 'x', 'y', 'n', 'e'].filter((name) => Object.hasOwn(member, name));
  return Object.fromEntries(names.map((name) => [name, String(member[name])]));
}

function sameAlgorithm(a: Algorithm, b: Algorithm): boolean {
  const canonical = (name: Algorithm): Algorithm => (name === 'EdDSA' ? 'Ed25519' : name);
  return canonical(a) === canonical(b);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
