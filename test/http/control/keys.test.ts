import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { control } from './harness.js';

describe('GET /.auth/jwks.json', () => {
  it('shows the public keys to anybody', async () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const key = { ...jwk, kid: 'k1', alg: 'RS256', use: 'sig' };
    const answer = await control({ publicKeys: () => [key] }).agent.get('/.auth/jwks.json');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toEqual({ keys: [key] });
  });

  it('never shows the private part of a key, nor a shared secret', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const publicKeys = async () => [rsa, ec, { kty: 'oct', k: 'c2VjcmV0' }];
    const { body } = await control({ publicKeys }).agent.get('/.auth/jwks.json');
    expect(body.keys.map((key: object) => Object.keys(key).toSorted())).toEqual([
      ['e', 'kty', 'n'],
      ['crv', 'kty', 'x', 'y'],
    ]);
  });
});
