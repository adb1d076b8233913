/** What a key must be for one JWS algorithm. No symmetric algorithm is in this table, and `none` is not. */
interface KeyDemand {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv: string | undefined;
}

const RSA: KeyDemand = { kty: 'RSA', crv: undefined };

const DEMANDS = {
  // RFC 7518 3.3 and 3.5.
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: RSA,
  PS384: RSA,
  PS512: RSA,
  // RFC 7518 3.4: the curve is part of the algorithm.
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  // RFC 8037 3.1; RFC 9864 2.2 gives it the second name.
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
} as const satisfies Record<string, KeyDemand>;

/** The algorithms a platform token may be signed with. */
export type Algorithm = keyof typeof DEMANDS;

export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];

const TABLE: ReadonlyMap<string, KeyDemand> = new Map(Object.entries(DEMANDS));

export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === 'string' && TABLE.has(value);
}

export function demandOf(algorithm: Algorithm): KeyDemand {
  return DEMANDS[algorithm];
}
