import * as z from 'zod';
import { branding } from './branding.js';
import { deployments } from './deployment.js';
import { development } from './development.js';
import { permissions } from './permissions.js';
import { platform } from './platform.js';
import { cidr, listen, outputPath, printable, secret } from './primitives.js';
import { roles } from './roles.js';
import { server } from './server.js';
import { signIn } from './sign-in.js';

/** Long enough that nobody guesses it. */
const sharedSecret = () =>
  secret()
    .refine(
      (value) => Buffer.byteLength(value) >= 16,
      'is too short: 16 bytes at least, 64 are right (`openssl rand -hex 32`)',
    )
    .optional();

const forwardAuth = z
  .strictObject({
    listen: listen().prefault('127.0.0.1:9085').describe('Address of the forward-auth door.'),
    peers: z
      .array(cidr())
      .min(1)
      .prefault(['127.0.0.0/8', '::1/128'])
      .describe('Networks of the ingress controllers that may call this door without the shared secret.'),
    sharedSecret: sharedSecret().describe(
      'Whoever sends this in `X-Auth-Proxy-Secret` (gRPC: metadata of that name) may call this door from anywhere; make it with `openssl rand -hex 32`.',
    ),
    grpcListen: listen()
      .optional()
      .describe('Address for Envoy’s external authorization by gRPC. Absent: off.'),
  })
  .optional()
  .describe('Third door, for ingress controllers that ask before they forward. Absent: off.');

const audit = z
  .strictObject({
    path: outputPath()
      .default('./audit.ndjson')
      .describe('File the records are appended to; `-` is standard output.'),
    record: z
      .enum(['denied', 'writes', 'all'])
      .default('denied')
      .describe(
        '`denied`: what was not forwarded; `writes`: also what changes something; `all`: everything.',
      ),
  })
  .prefault({})
  .describe('The audit record.');

const support = z
  .strictObject({
    contact: printable().optional().describe('Shown on denial pages: an address, a channel, a URL.'),
  })
  .prefault({})
  .describe('Whom people can ask.');

/** The whole configuration. The types, the JSON Schema and the documentation are made from this. */
export const configuration = z
  .strictObject({
    server,
    platform,
    signIn,
    development,
    roles,
    permissions,
    deployments,
    forwardAuth,
    audit,
    support,
    branding,
  })
  .meta({ title: 'Configuration of airflow-auth-proxy' });

/** As the schema leaves it: defaults filled in, nothing yet that needs the file's place. */
export type ParsedConfig = z.output<typeof configuration>;
