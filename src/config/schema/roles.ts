import * as z from 'zod';
import { count, inputPath, secret, text } from './primitives.js';

const file = z
  .strictObject({
    kind: z.literal('file'),
    path: inputPath().describe('A `directory.yaml`; reloaded when it changes.'),
  })
  .describe('Roles and service accounts from a file.');

const redis = z
  .strictObject({
    kind: z.literal('redis'),
    url: secret()
      .refine(
        (url) => /^rediss?:\/\/[^\s/]/.test(url) && URL.canParse(url),
        'must be a redis or rediss URL, like `redis://127.0.0.1:6379`',
      )
      .describe('`redis://` or `rediss://`, with user and password where needed.'),
    keyPrefix: z.string().max(128).default('airflow-auth-proxy:').describe('Put before every key.'),
    staleForSeconds: count(0, 86_400)
      .default(0)
      .describe(
        'How long a role that was read before still counts while Redis does not answer. 0: not at all.',
      ),
    revocationsMaxStaleSeconds: count(1, 86_400)
      .default(60)
      .describe('How long the mirrored list of revoked tokens still counts while Redis does not answer.'),
  })
  .describe('Roles, service-account keys and revocations from Redis.');

const claims = z
  .strictObject({
    kind: z.literal('claims'),
    claim: text(128).default('roleBindings').describe('Claim of the platform token that lists the bindings.'),
  })
  .describe('Roles from the platform token itself.');

export const roles = z
  .strictObject({
    sources: z
      .array(z.discriminatedUnion('kind', [file, redis, claims]))
      .default([{ kind: 'file', path: './directory.yaml' }])
      .describe('Where bindings come from; a caller has the union of what all of them say.'),
  })
  .prefault({})
  .describe('Where roles come from.');
