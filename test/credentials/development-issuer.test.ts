import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDevelopmentIssuer } from '../../src/credentials/development-issuer.js';
import { createStaticKeySet } from '../../src/credentials/static-key-set.js';
import { createVerifier } from '../../src/credentials/verify.js';
import { CLAIM_NAMES } from './tokens.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuer-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function verifierOf(issuer: Awaited<ReturnType<typeof createDevelopmentIssuer>>) {
  const { issuer: name, audience } = issuer;
  const keys = createStaticKeySet(issuer.jwks());
  return createVerifier({
    issuers: [{ issuer: name, audience: [audience], algorithms: ['ES256'], keys, claims: CLAIM_NAMES }],
    clockToleranceSeconds: 10,
  });
}

describe('createDevelopmentIssuer', () => {
  it('mints tokens the gateway believes', async () => {
    const issuer = await createDevelopmentIssuer();
    const verify = await verifierOf(issuer);
    const token = await issuer.mint(
      { id: 'ada', email: 'ada@example.com', name: 'Ada', groups: ['analysts'] },
      60,
    );
    expect(await verify(token)).toMatchObject({
      kind: 'verified',
      principal: { id: 'ada', email: 'ada@example.com', name: 'Ada', groups: ['analysts'] },
      claims: { jti: expect.any(String) },
    });
  });

  it('mints tokens that end', async () => {
    const issuer = await createDevelopmentIssuer({ now: () => Date.now() - 3600 * 1000 });
    const verify = await verifierOf(issuer);
    expect(await verify(await issuer.mint({ id: 'ada' }, 60))).toMatchObject({ code: 'expired' });
  });

  it('shares its key through the file, even when many start at once', async () => {
    const keyPath = join(folder, 'state', 'development-key.json');
    const issuers = await Promise.all(Array.from({ length: 8 }, () => createDevelopmentIssuer({ keyPath })));
    expect(new Set(issuers.map((issuer) => JSON.stringify(issuer.jwks()))).size).toBe(1);
    expect((await stat(keyPath)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'state'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'state'))).toEqual(['development-key.json']);
    const later = await createDevelopmentIssuer({ keyPath });
    expect(later.jwks()).toEqual(issuers[0]?.jwks());
  });

  it('publishes no private member', async () => {
    const [key] = (await createDevelopmentIssuer()).jwks().keys;
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('refuses a key file that holds something else, without quoting it', async () => {
    const keyPath = join(folder, 'key.json');
    await writeFile(keyPath, 'top-secret');
    const failure = createDevelopmentIssuer({ keyPath });
    await expect(failure).rejects.toThrow(/remove the file/);
    await expect(failure).rejects.not.toThrow(/top-secret/);
  });
});
