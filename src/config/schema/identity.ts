import * as z from 'zod';
import { NATIVE_ROLES } from '../../domain/role.js';
import { printable, secret } from './primitives.js';

/** Audience of Airflow 3's Execution API: a token for it reads every connection and variable. */
export const EXECUTION_AUDIENCE = 'urn:airflow.apache.org:task';

/** Headers that HTTP, Airflow or this proxy give a meaning of their own. */
const OCCUPIED_HEADER =
  /^(?:accept.*|authorization|connection|content-.*|cookie|expect|forwarded|host|if-.*|keep-alive|origin|proxy-.*|range|referer|sec-.*|te|trailer|transfer-encoding|upgrade|user-agent|via|x-csrftoken|x-forwarded-.*|x-request-id)$/i;

const native = (role: (typeof NATIVE_ROLES)[number]) => z.enum(NATIVE_ROLES).default(role);

const roleMapping = z
  .strictObject({
    VIEWER: native('Viewer').describe('Stock role of a Viewer.'),
    EDITOR: native('User').describe('Stock role of an Editor.'),
    ADMIN: native('Admin').describe('Stock role of an Admin.'),
  })
  .prefault({})
  .describe('Which stock role of Airflow the upstream is told.');

const audience = () =>
  printable().refine(
    (value) => value !== EXECUTION_AUDIENCE,
    'must not be the audience of the Execution API: such a token reads every secret; use the value of `[api_auth] jwt_audience`',
  );

const signingKey = secret()
  .optional()
  .describe('Private key as PEM (PKCS #8). Default: a key made on first start in `server.stateDir`.');

const issuer = printable()
  .optional()
  .describe('`iss` of the assertion; set it where Airflow’s `[api_auth] jwt_issuer` is set.');

const airflow3Hs512 = z
  .strictObject({
    profile: z.literal('airflow3-hs512'),
    secret: secret()
      .refine(
        (value) => Buffer.byteLength(value) >= 32,
        'is too short: 32 bytes at least, 64 are right (`openssl rand -hex 32`)',
      )
      .describe('The secret of `[api_auth] jwt_secret`. One per Deployment.'),
    audience: audience().default('apache-airflow').describe('The value of `[api_auth] jwt_audience`.'),
    issuer,
    roleMapping,
  })
  .describe('Airflow 3, HS512 with the secret that Airflow itself has.');

const airflow3Jwks = z
  .strictObject({
    profile: z.literal('airflow3-jwks'),
    key: signingKey,
    algorithm: z
      .enum(['RS256', 'EdDSA'])
      .default('RS256')
      .describe('The value of `[api_auth] jwt_algorithm`.'),
    audience: audience().default('apache-airflow').describe('The value of `[api_auth] jwt_audience`.'),
    issuer,
    roleMapping,
  })
  .describe('Airflow 3, which reads our public key from `/.auth/jwks.json` (`[api_auth] trusted_jwks_url`).');

const airflow2 = z
  .strictObject({ profile: z.literal('airflow2'), key: signingKey, roleMapping })
  .describe('Airflow 2.3 to 2.11 with our `webserver_config.py`. The audience is the Deployment’s id.');

const astroSm = z
  .strictObject({
    profile: z.literal('astro-sm'),
    key: signingKey,
    audience: audience().describe('The value of `[astronomer] jwt_audience`.'),
    roleMapping,
  })
  .describe('Airflow 1.10 and 2.x with astronomer-fab-securitymanager.');

const remoteUserHeader = z
  .strictObject({
    profile: z.literal('remote-user-header'),
    header: z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/, 'must be a header name of letters, digits and `-`')
      .refine(
        (name) => !OCCUPIED_HEADER.test(name),
        'must not be a header with another meaning; use one of its own, like `X-Platform-User`',
      )
      .transform((name) => name.toLowerCase())
      .prefault('X-Platform-User')
      .describe('Header with the user’s name; Airflow reads it as `AUTH_REMOTE_USER_ENV_VAR`.'),
  })
  .describe(
    'Airflow 2.9 to 2.11 with `AUTH_REMOTE_USER`. Nothing is signed: the network must isolate Airflow.',
  );

const basic = z
  .strictObject({
    profile: z.literal('basic'),
    username: printable()
      .refine((name) => !name.includes(':'), 'must not hold `:` (RFC 7617)')
      .describe('User name of Flower’s `--basic_auth`.'),
    password: secret().describe('Password of Flower’s `--basic_auth`.'),
  })
  .describe('Flower with `--basic_auth`.');

const none = z
  .strictObject({ profile: z.literal('none') })
  .describe('The upstream is told nothing: the network must isolate it.');

export const airflowIdentity = z
  .discriminatedUnion('profile', [airflow3Hs512, airflow3Jwks, airflow2, astroSm, remoteUserHeader, none])
  .describe('How Airflow is told who is asking.');

export const flowerIdentity = z
  .discriminatedUnion('profile', [basic, none])
  .describe('How Flower is told who is asking.');
