import { describe, expect, it } from '@jest/globals';
import { findKey, parseJwkSet } from '../../src/credentials/jwk-set.js';
import { ecKey, edKey, KEY, rsaKey } from './tokens.js';

const EC = ecKey('e');
const ED = edKey('d');

function parse(...keys: unknown[]) {
  return parseJwkSet(Buffer.from(JSON.stringify({ keys })));
}

describe('parseJwkSet', () => {
  it('reads RSA, EC and Ed25519 keys', () => {
    expect(parse(KEY.jwk, EC.jwk, ED.jwk).keys.map((key) => key.kid)).toEqual(['k1', 'e', 'd']);
  });

  it.each<[string, unknown, RegExp]>([
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }, /kty/],
    ['a private key', KEY.privateKey.export({ format: 'jwk' }), /not a public key/],
    ['an RSA key of 1024 bits', rsaKey('weak', 1024).jwk, /2048/],
    ['an RSA exponent of 3', { ...KEY.jwk, e: 'Aw' }, /65537/],
    ['a key for encryption', { ...KEY.jwk, use: 'enc' }, /use/],
    ['a key for signing only', { ...KEY.jwk, key_ops: ['sign'] }, /key_ops/],
    ['a point off its curve', { ...EC.jwk, x: EC.jwk.y }, /cannot be read/],
    ['a key of an algorithm we do not know', { ...KEY.jwk, alg: 'RSA-OAEP' }, /alg/],
    ['a kid that is a number', { ...KEY.jwk, kid: 1 }, /kid/],
    ['a string', 'key', /not an object/],
  ])('leaves out %s and says why', (_name, member, why) => {
    const set = parse(ED.jwk, member);
    expect(set.keys).toHaveLength(1);
    expect(set.ignored).toEqual([expect.stringMatching(why)]);
  });

  it.each<[string, string]>([
    ['HTML', '<html>'],
    ['no keys member', '{}'],
    ['no keys', '{"keys":[]}'],
    ['only unusable keys', '{"keys":[{"kty":"oct","k":"AAAA"}]}'],
    ['a member twice', '{"keys":[],"keys":[]}'],
  ])('throws on %s instead of having no keys', (_name, text) => {
    expect(() => parseJwkSet(Buffer.from(text))).toThrow(/key/);
  });

  it('reads no more than 200 keys', () => {
    const set = parse(...Array.from({ length: 201 }, () => ED.jwk));
    expect([set.keys.length, set.ignored.length]).toEqual([200, 1]);
  });
});

describe('findKey', () => {
  const p384 = ecKey('e3', 'P-384');

  it('finds the key by kid and algorithm', () => {
    const set = parse(KEY.jwk, EC.jwk, ED.jwk, p384.jwk);
    expect(findKey(set, 'RS256', 'k1').kind).toBe('found');
    expect(findKey(set, 'ES256', undefined).kind).toBe('found');
    expect(findKey(set, 'Ed25519', 'd').kind).toBe('found');
  });

  it.each<[string, Parameters<typeof findKey>[1], string]>([
    ['an RSA key for ES256', 'ES256', 'k1'],
    ['a P-384 key for ES256', 'ES256', 'e3'],
    ['a P-256 key for ES384', 'ES384', 'e'],
    ['a kid nobody has', 'RS256', 'k2'],
  ])('does not give %s', (_name, algorithm, kid) => {
    expect(findKey(parse(KEY.jwk, EC.jwk, p384.jwk), algorithm, kid)).toEqual({ kind: 'none' });
  });

  it('keeps a key to its own alg, whichever of its two names EdDSA goes by', () => {
    const set = parse({ ...KEY.jwk, alg: 'RS512' }, { ...ED.jwk, alg: 'EdDSA' });
    expect(findKey(set, 'RS256', 'k1').kind).toBe('none');
    expect(findKey(set, 'Ed25519', 'd').kind).toBe('found');
  });

  it('does not choose between two keys of one kid', () => {
    expect(findKey(parse(KEY.jwk, rsaKey('k1').jwk), 'RS256', 'k1')).toEqual({ kind: 'several' });
  });
});
