import * as z from 'zod';
import { cidr, count, listen, milliseconds, origin, outputPath } from './primitives.js';

const timeouts = z
  .strictObject({
    headersMs: milliseconds().default(15_000).describe('Time a client has to send its request headers.'),
    connectMs: milliseconds().default(2000).describe('Time to connect to an upstream.'),
    firstByteMs: milliseconds()
      .default(120_000)
      .describe('Time an upstream has to begin its answer; then 504.'),
    idleMs: milliseconds().default(300_000).describe('Longest silence in the middle of a body.'),
    keepAliveMs: milliseconds().default(75_000).describe('How long an idle client connection stays open.'),
    drainDelayMs: milliseconds(0)
      .default(0)
      .describe('After SIGTERM: time between readiness going off and the listeners closing.'),
    drainMs: milliseconds(0)
      .default(25_000)
      .describe('After SIGTERM: time that open requests have to finish.'),
  })
  .prefault({})
  .describe('Time limits, in milliseconds.');

const limits = z
  .strictObject({
    targetBytes: count(256, 65_536)
      .default(16_000)
      .describe(
        'Longest request target; then 414. Airflow 1.10 and 2.x never get more than 4000, gunicorn’s own limit.',
      ),
    headerBytes: count(1024, 1_048_576)
      .default(32_768)
      .describe('Longest request line and headers together; then 431.'),
    headers: count(10, 2000).default(200).describe('Most header lines of a request; then 431.'),
    bodyBytes: count(0, Number.MAX_SAFE_INTEGER)
      .default(0)
      .describe('Longest request body; then 413. 0: no limit.'),
  })
  .prefault({})
  .describe('Size limits of requests.');

export const server = z
  .strictObject({
    listen: listen().prefault('127.0.0.1:8084').describe('Address of the public door.'),
    adminListen: listen()
      .prefault('127.0.0.1:9084')
      .describe('Address of the admin door: `/healthz`, `/readyz`, `/metrics`, nothing else.'),
    publicUrl: z
      .union([origin(), z.array(origin()).min(1)])
      .transform((urls) => (typeof urls === 'string' ? [urls] : urls))
      .optional()
      .describe(
        'The URL people use, or a list; the first is canonical. No path. Default: `http://` and the address of `listen`, and `localhost` with its port.',
      ),
    trustedProxies: z
      .array(cidr())
      .prefault([])
      .describe('Networks whose `X-Forwarded-*` headers are believed. Default: nobody.'),
    workers: z
      .union([count(1, 256), z.literal('auto')])
      .default(1)
      .describe('Processes; `auto` is one per core.'),
    hstsMaxAgeSeconds: count(0, 63_072_000)
      .default(0)
      .describe(
        '`Strict-Transport-Security` on our own answers. 0: not sent; set it only where all of the host is https.',
      ),
    stateDir: outputPath()
      .default('./state')
      .describe('Folder for generated keys; made when needed, under a lock.'),
    timeouts,
    limits,
  })
  .prefault({})
  .describe('Listeners, public names, time and size limits.');
