import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSigningKey, publicJwks } from '../../src/identity/signing-key.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-key-'));
  file = join(folder, 'key');
});
afterEach(() => rm(folder, { recursive: true }));

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ED = generateKeyPairSync('ed25519').privateKey;

function pem(key: KeyObject) {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

describe('loadSigningKey', () => {
  it.each<[string, () => string | Buffer, string]>([
    ['RSA as PEM', () => pem(RSA), 'RS256'],
    ['RSA as PKCS #1 PEM', () => RSA.export({ type: 'pkcs1', format: 'pem' }), 'RS256'],
    ['RSA as JWK', () => JSON.stringify(RSA.export({ format: 'jwk' })), 'RS256'],
    ['Ed25519 as PEM', () => pem(ED), 'EdDSA'],
    ['Ed25519 as JWK', () => JSON.stringify(ED.export({ format: 'jwk' })), 'EdDSA'],
  ])('reads %s', async (_name, content, algorithm) => {
    await writeFile(file, content());
    expect(await loadSigningKey(file)).toMatchObject({
      algorithm,
      publicJwk: { alg: algorithm, use: 'sig' },
    });
  });

  it('names a key by its RFC 7638 thumbprint, whatever its form', async () => {
    await writeFile(file, pem(RSA));
    const a = await loadSigningKey(file);
    await writeFile(file, JSON.stringify({ ...RSA.export({ format: 'jwk' }), kid: 'other' }));
    const b = await loadSigningKey(file);
    expect(a.kid).toBe(b.kid);
    expect(a.kid).toMatch(/^[\w-]{43}$/);
  });

  it('publishes public members only', async () => {
    await writeFile(file, pem(RSA));
    const rsa = await loadSigningKey(file);
    await writeFile(file, pem(ED));
    const ed = await loadSigningKey(file);
    const { keys } = publicJwks([rsa, ed, rsa]);
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ]);
  });

  it.each<[string, () => string | Buffer, RegExp]>([
    ['nonsense', () => 'top-secret', /not a private key/],
    ['broken JSON', () => '{"d":"top-secret"', /not a private key/],
    ['a public key', () => JSON.stringify({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }), /not a private key/],
    [
      'RSA of 1024 bits',
      () => pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
      /RSA from 2048/,
    ],
    ['an EC key', () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), /RSA from 2048/],
  ])('does not accept %s and does not quote it', async (_name, content, message) => {
    await writeFile(file, content());
    await expect(loadSigningKey(file)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(message),
    });
    await expect(loadSigningKey(file)).rejects.not.toMatchObject({
      message: expect.stringContaining('top-secret'),
    });
  });

  it('names a file that is not there', async () => {
    await expect(loadSigningKey(file)).rejects.toThrow(`signing key \`${file}\` cannot be read`);
  });
});
