import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Assertion } from '../../src/domain/assertion.js';
import { NATIVE_ROLES } from '../../src/domain/role.js';
import { createAirflow2Assertion } from '../../src/identity/airflow2.js';
import { createAirflow3Hs512Assertion } from '../../src/identity/airflow3-hs512.js';
import { createAirflow3JwksAssertion } from '../../src/identity/airflow3-jwks.js';
import { createAstroSmAssertion } from '../../src/identity/astro-sm.js';
import { loadSigningKey, publicJwks, type SigningKey } from '../../src/identity/signing-key.js';
import { NOW, now, PROGRAM, subject, tokenOf } from './subjects.js';

const SECRET = 'a-secret-of-64-characters-'.padEnd(64, 'x');
let folder: string;
let rsa: SigningKey;
let ed: SigningKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  const pem = (pair: ReturnType<typeof generateKeyPairSync>) =>
    (pair.privateKey as unknown as import('node:crypto').KeyObject).export({ type: 'pkcs8', format: 'pem' });
  await writeFile(join(folder, 'rsa.pem'), pem(generateKeyPairSync('rsa', { modulusLength: 2048 }) as never));
  await writeFile(join(folder, 'ed.pem'), pem(generateKeyPairSync('ed25519') as never));
  rsa = await loadSigningKey(join(folder, 'rsa.pem'));
  ed = await loadSigningKey(join(folder, 'ed.pem'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the other side learns once the signature holds. */
async function read(assertion: Assertion, of = subject()) {
  const token = await tokenOf(assertion, of);
  const keys = createLocalJWKSet(publicJwks([rsa, ed]) as JSONWebKeySet);
  const key = assertion.profile === 'airflow3-hs512' ? createSecretKey(Buffer.from(SECRET)) : keys;
  const { protectedHeader, payload } = await compactVerify(token, key as typeof keys);
  return {
    header: protectedHeader,
    claims: JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>,
  };
}

const DATES = { iat: NOW, nbf: NOW, exp: NOW + 60 };

describe('airflow3-hs512', () => {
  const assertion = createAirflow3Hs512Assertion({ secret: SECRET, audience: 'apache-airflow', now });

  it('says exactly what SimpleAuthManager reads: no kid, no jti, role in lower case', async () => {
    expect(await read(assertion)).toEqual({
      header: { alg: 'HS512', typ: 'JWT' },
      claims: { sub: 'eve', aud: 'apache-airflow', role: 'user', ...DATES },
    });
  });

  it.each(NATIVE_ROLES)('tells the role %s', async (role) => {
    expect((await read(assertion, subject({}, role))).claims.role).toBe(role.toLowerCase());
  });

  it.each([
    'urn:airflow.apache.org:task',
    'URN:Airflow.Apache.org:task',
    'urn:airflow.apache.org:anything',
    '',
    ' apache-airflow',
  ])('does not accept the audience `%s`', (audience) => {
    expect(() => createAirflow3Hs512Assertion({ secret: SECRET, audience })).toThrow(/audience/);
  });

  it('does not accept a short secret, and does not show it', () => {
    expect(() => createAirflow3Hs512Assertion({ secret: 'hunter2', audience: 'a' })).toThrow(
      /at least 16 bytes/,
    );
    expect(() => createAirflow3Hs512Assertion({ secret: 'hunter2', audience: 'a' })).not.toThrow(/hunter2/);
  });
});

describe('airflow3-jwks', () => {
  it('signs with the key it is given and always names it', async () => {
    for (const key of [rsa, ed]) {
      const assertion = createAirflow3JwksAssertion({ key: () => key, audience: 'apache-airflow', now });
      expect(await read(assertion)).toEqual({
        header: { alg: key.algorithm, kid: key.kid, typ: 'JWT' },
        claims: { sub: 'eve', aud: 'apache-airflow', role: 'user', ...DATES },
      });
    }
  });

  it('does not accept the audience of the execution API', () => {
    expect(() =>
      createAirflow3JwksAssertion({ key: () => rsa, audience: 'urn:airflow.apache.org:task' }),
    ).toThrow(/execution API/);
  });
});

describe('airflow2', () => {
  it('says who it is, in which role, at which Deployment', async () => {
    const assertion = createAirflow2Assertion({ key: () => rsa, deployment: 'quasar-1', now });
    expect(await read(assertion)).toEqual({
      header: { alg: 'RS256', kid: rsa.kid, typ: 'JWT' },
      claims: {
        iss: 'airflow-auth-proxy',
        aud: 'quasar-1',
        sub: 'eve',
        email: 'eve@example.com',
        name: 'Eve Example',
        role: 'User',
        ...DATES,
      },
    });
  });

  it('names a program so that no person can be taken for it', async () => {
    const assertion = createAirflow2Assertion({ key: () => rsa, deployment: 'quasar-1', now });
    expect((await read(assertion, PROGRAM)).claims).toMatchObject({
      sub: 'service-account:ci',
      email: 'service-account%3Aci@airflow-auth-proxy.invalid',
      name: 'service-account:ci',
    });
  });

  it('does not accept a key its check cannot use', () => {
    expect(() => createAirflow2Assertion({ key: () => ed, deployment: 'quasar-1' })).toThrow(/RSA/);
  });
});

describe('astro-sm', () => {
  it('says every claim the manager demands', async () => {
    const assertion = createAstroSmAssertion({ key: () => rsa, audience: 'quasar.example.com', now });
    expect((await read(assertion)).claims).toEqual({
      sub: 'eve',
      aud: 'quasar.example.com',
      email: 'eve@example.com',
      full_name: 'Eve Example',
      roles: ['User'],
      ...DATES,
    });
  });

  it('gives a person without an address one that cannot exist', async () => {
    const assertion = createAstroSmAssertion({ key: () => rsa, audience: 'quasar.example.com', now });
    const { claims } = await read(assertion, subject({ id: 'a@b', email: undefined, name: undefined }));
    expect(claims).toMatchObject({ email: 'a%40b@airflow-auth-proxy.invalid', full_name: 'a@b' });
  });

  it('does not accept a key its check cannot use', () => {
    expect(() => createAstroSmAssertion({ key: () => ed, audience: 'quasar.example.com' })).toThrow(/RSA/);
  });
});

describe('every signing profile', () => {
  it('refuses a principal without an id, and says neither jti nor platform claims', async () => {
    for (const assertion of [
      createAirflow3Hs512Assertion({ secret: SECRET, audience: 'a' }),
      createAirflow3JwksAssertion({ key: () => rsa, audience: 'a' }),
      createAirflow2Assertion({ key: () => rsa, deployment: 'a' }),
      createAstroSmAssertion({ key: () => rsa, audience: 'a' }),
    ]) {
      await expect(assertion.assert(subject({ id: '' }))).rejects.toThrow(/id/);
      const { claims } = await read(assertion);
      expect(claims).not.toHaveProperty('jti');
      expect(claims).not.toHaveProperty('groups');
      expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(120);
    }
  });
});
