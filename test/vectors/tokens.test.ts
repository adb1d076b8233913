import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createStaticKeySet } from '../../src/credentials/static-key-set.js';
import { createVerifier } from '../../src/credentials/verify.js';
import { CLAIM_NAMES } from '../credentials/tokens.js';

const file = parse(readFileSync(join(import.meta.dirname, 'tokens.yaml'), 'utf8'));
const vectors: readonly { source: string; header: string; signature: string; code: string }[] = file.tokens;

const verify = createVerifier({
  issuers: [
    {
      issuer: 'joe',
      audience: ['airflow-auth-proxy'],
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      claims: CLAIM_NAMES,
      keys: createStaticKeySet({ keys: file.keys }),
    },
  ],
  clockToleranceSeconds: 10,
  now: () => 1_300_819_000_000,
});

describe('the published examples', () => {
  it.each(vectors)('$source: $code', async ({ header, signature, code }) => {
    expect(await verify(`${header}.${file.payload}.${signature}`)).toMatchObject({ kind: 'rejected', code });
  });
});
