import * as z from 'zod';
import { isLoopback } from './is-loopback.js';
import { count, printable, secret, text } from './primitives.js';

const MAX_SECONDS = 30 * 24 * 60 * 60;

const provider = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and hyphens, 32 at most')
      .describe('Names the provider in the callback’s address: `<public URL>/.auth/callback/<id>`.'),
    label: printable(64).optional().describe('What people read on the sign-in page. Default: the id.'),
    issuer: z
      .string()
      .refine(
        isIssuer,
        'must be an https URL without user, query and fragment (http only on a loopback address)',
      )
      .describe('The provider; its metadata is read from `/.well-known/openid-configuration` below.'),
    clientId: printable().describe('This gateway as the provider knows it.'),
    clientSecret: secret().optional().describe('Absent: a public client, which PKCE alone protects.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: no spaces, no quotes'))
      .min(1)
      .refine((scopes) => scopes.includes('openid'), 'must name `openid`')
      .default(['openid', 'profile', 'email'])
      .describe('What is asked for. Many providers give a refresh token only for `offline_access`.'),
    parameters: z
      .record(
        z
          .string()
          .regex(
            /^(?!(?:client_id|code_challenge|code_challenge_method|nonce|redirect_uri|request|request_uri|response_mode|response_type|scope|state)$)[a-z_]{1,64}$/,
            'must be a parameter that the gateway does not set itself',
          ),
        printable(),
      )
      .default({})
      .describe(
        'Further parameters of the authorization request, as `prompt: consent` or `access_type: offline`.',
      ),
    claims: z
      .strictObject({
        principal: text(128)
          .default('sub')
          .describe(
            'Claim that role sources know the person by. `email` counts only with `email_verified: true`.',
          ),
        email: text(128).default('email').describe('Claim with the e-mail address.'),
        name: text(128).default('name').describe('Claim with the name for people.'),
        groups: text(128).default('groups').describe('Claim with the list of groups.'),
      })
      .prefault({})
      .describe('Which claims say who the person is.'),
    subjectPrefix: printable(64)
      .refine(
        (prefix) => !'service-account:'.startsWith(prefix) && !prefix.startsWith('service-account:'),
        'must not begin as `service-account:` does: that is how service accounts are named',
      )
      .optional()
      .describe(
        'Put before every principal of this provider. Needed where there are several issuers; the same as under `platform.issuers` where that names the provider too.',
      ),
    userinfo: z
      .boolean()
      .default(false)
      .describe('Ask the userinfo endpoint too: some providers tell e-mail and groups only there.'),
  })
  .describe('One OpenID Provider.');

const session = z
  .strictObject({
    cookie: z
      .string()
      .regex(/^[A-Za-z0-9_]{1,64}$/, 'must be letters, digits and underscores')
      .default('airflow_auth_session')
      .describe('Name of the session’s cookie. Over https `__Host-` is put before it.'),
    absoluteSeconds: count(60, MAX_SECONDS)
      .default(12 * 60 * 60)
      .describe('How long after the sign-in a session ends at the latest.'),
    idleSeconds: count(60, MAX_SECONDS)
      .default(2 * 60 * 60)
      .describe('How long a session lives without a request.'),
    refreshSeconds: count(5, MAX_SECONDS)
      .default(300)
      .describe(
        'How often the provider is asked whether the person is still welcome, where it gave a refresh token.',
      ),
    staleForSeconds: count(0, MAX_SECONDS)
      .default(300)
      .describe('How long a session goes on while the provider does not answer that; then 503.'),
    keys: z
      .array(
        z
          .strictObject({ key: secret().min(32).describe('32 characters or more, from a random source.') })
          .describe('One key.'),
      )
      .min(1)
      .optional()
      .describe(
        'What sessions are sealed with: the first seals, all open. Default: keys made in `server.stateDir`.',
      ),
  })
  .prefault({})
  .describe('How long people stay signed in.');

export const signIn = z
  .strictObject({
    providers: z.array(provider).min(1).describe('Where people sign in. With several they choose.'),
    session,
  })
  .optional()
  .describe('Sign-in with OpenID Connect. Absent: the platform’s own sign-in, see `platform.login`.');

/** Whoever answers in the provider's place can be anybody. */
function isIssuer(written: string): boolean {
  if (!URL.canParse(written) || /[?#\s]/.test(written)) return false;
  const { protocol, hostname, username, password } = new URL(written);
  return (
    username === '' &&
    password === '' &&
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)))
  );
}
