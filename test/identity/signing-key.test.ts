import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureSigningKey, loadSigningKey, publicJwks } from '../../src/identity/signing-key.js';

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

describe('ensureSigningKey', () => {
  it.each([
    ['rsa', 'RS256'],
    ['ed25519', 'EdDSA'],
  ] as const)('makes a key of type %s once and keeps it to its owner', async (type, algorithm) => {
    const state = join(folder, 'state');
    const made = await ensureSigningKey(state, type);
    expect(made.algorithm).toBe(algorithm);
    expect((await ensureSigningKey(state, type)).kid).toBe(made.kid);
    const path = join(state, `signing-key-${type}.pem`);
    expect([(await stat(path)).mode & 0o777, (await stat(state)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('gives all that start at once the same key and leaves nothing behind', async () => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => ensureSigningKey(folder, 'ed25519')));
    expect(new Set(keys.map((key) => key.kid)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['signing-key-ed25519.pem']);
  });

  it('names the folder and the remedy where no key can be kept', async () => {
    await writeFile(file, 'a file, not a folder');
    await expect(ensureSigningKey(file)).rejects.toThrow(/`server.stateDir`/);
  });

  it('does not replace a key it cannot read', async () => {
    const path = join(folder, 'signing-key-rsa.pem');
    await writeFile(path, 'broken');
    await chmod(path, 0o600);
    await expect(ensureSigningKey(folder)).rejects.toThrow(/not a private key/);
  });
});
