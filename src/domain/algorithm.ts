/**
 * Signature algorithms (RFC 7518 3.1, RFC 8037 3.1) that anybody may be believed by. HS* and `none` are not here and
 * cannot be: who verifies could also forge.
 */
export const ASYMMETRIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
