import * as z from 'zod';
import { count, inputPath, listen, milliseconds, printable, secret, text, webUrl } from './primitives.js';

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
      .describe(
        '`redis://` or `rediss://`, with user, password and database where needed. In a cluster any node; with Sentinels one of them.',
      ),
    mode: z
      .enum(['standalone', 'sentinel', 'cluster'])
      .default('standalone')
      .describe('What `url` leads to: one server, Sentinels that name the primary, or a cluster.'),
    nodes: z
      .array(listen())
      .prefault([])
      .describe('Further cluster nodes or Sentinels, for when the one of `url` is away.'),
    primaryName: printable().default('mymaster').describe('What the Sentinels call the primary.'),
    sentinelUsername: printable().optional().describe('User at the Sentinels, where they ask for one.'),
    sentinelPassword: secret().optional().describe('Password at the Sentinels.'),
    tlsCa: inputPath()
      .optional()
      .describe(
        'PEM file of the authority that signed the certificate of Redis. Default: those Node.js knows.',
      ),
    keyPrefix: z.string().max(128).default('airflow-auth-proxy:').describe('Put before every key.'),
    cacheEntries: count(100, 1_000_000)
      .default(20_000)
      .describe('Most callers and groups whose roles are held in memory, per process.'),
    staleForSeconds: count(0, 86_400)
      .default(0)
      .describe(
        'How long a role that was read before still counts while Redis does not answer, for requests that only read. 0: not at all.',
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

const houston = z
  .strictObject({
    kind: z.literal('houston'),
    url: webUrl().describe(
      'GraphQL endpoint of Houston or of something compatible, like `https://houston.example.com/v1`.',
    ),
    timeoutMs: milliseconds(50)
      .max(900)
      .default(800)
      .describe('Longest time for one question; then the source counts as away.'),
    cacheSeconds: count(1, 3600)
      .default(5)
      .describe('How long an answer counts. Houston pushes nothing: a change takes so long to work.'),
    cacheEntries: count(100, 1_000_000).default(20_000).describe('Most answers held in memory, per process.'),
    staleForSeconds: count(0, 86_400)
      .default(0)
      .describe(
        'How long an answer still counts while Houston does not answer, for requests that only read. 0: not at all.',
      ),
  })
  .describe('Roles from Houston, asked with the token of the caller.');

export const roles = z
  .strictObject({
    sources: z
      .array(z.discriminatedUnion('kind', [file, redis, claims, houston]))
      .default([{ kind: 'file', path: './directory.yaml' }])
      .describe('Where bindings come from; a caller has the union of what all of them say.'),
  })
  .prefault({})
  .describe('Where roles come from.');
