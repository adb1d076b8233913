import * as z from 'zod';
import { ASYMMETRIC_ALGORITHMS } from '../../domain/algorithm.js';
import { isLoopback } from './is-loopback.js';
import { count, inputPath, printable, text, webUrl } from './primitives.js';

/** Cookies that Airflow and Flower set themselves. */
const UPSTREAM_COOKIES = ['_token', 'session', '_xsrf', 'remember_token'];

const issuer = z
  .strictObject({
    issuer: printable().describe('Compared byte for byte with the `iss` claim.'),
    audience: z
      .array(printable())
      .min(1)
      .describe('Accepted values of the `aud` claim; a token needs one of them.'),
    jwks: inputPath()
      .refine(
        isKeySource,
        'must be a file or an https URL without user: whoever can change the keys on the way can be anybody',
      )
      .describe(
        'The issuer’s keys: a file, or an https URL (http only on a loopback address). They may rotate without a restart.',
      ),
    algorithms: z
      .array(
        z.enum(ASYMMETRIC_ALGORITHMS, {
          error: ({ input }) =>
            typeof input === 'string' && /^(hs\d+|none)$/i.test(input)
              ? `must be asymmetric: whoever can check such a token can also forge it; use one of ${ASYMMETRIC_ALGORITHMS.map((name) => `\`${name}\``).join(', ')}`
              : undefined,
        }),
      )
      .min(1)
      .default(['RS256', 'ES256', 'EdDSA'])
      .describe('Accepted signature algorithms. Never HS* and never `none`.'),
    claims: z
      .strictObject({
        principal: text(128)
          .default('sub')
          .describe('Claim with the name that role sources know the caller by.'),
        email: text(128).default('email').describe('Claim with the e-mail address.'),
        name: text(128).default('name').describe('Claim with the name for people.'),
        groups: text(128).default('groups').describe('Claim with the list of groups.'),
      })
      .prefault({})
      .describe('Which claims say who the caller is.'),
    subjectPrefix: printable(64)
      .refine(
        (prefix) => !'service-account:'.startsWith(prefix) && !prefix.startsWith('service-account:'),
        'must not begin as `service-account:` does: that is how service accounts are named',
      )
      .optional()
      .describe(
        'Put before every principal and group of this issuer. Needed for each issuer after the first.',
      ),
  })
  .describe('One issuer of platform tokens.');

export const platform = z
  .strictObject({
    issuers: z
      .array(issuer)
      .default([])
      .describe('Who issues the platform’s JWTs. Empty only with `development.issuer`.'),
    cookie: z
      .string()
      .min(1)
      .max(128)
      .regex(
        /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/,
        "must be a cookie name as RFC 6265 has it: letters, digits and !#$%&'*+-.^_`|~",
      )
      .refine(
        (name) => !UPSTREAM_COOKIES.includes(name),
        'must be another name: the upstream sets a cookie of that name itself',
      )
      .default('platform_token')
      .describe('Cookie that holds the JWT. `Authorization: Bearer` is read too.'),
    login: z
      .strictObject({
        url: webUrl().describe('Page of the platform where people sign in.'),
        returnParam: z
          .string()
          .min(1)
          .max(64)
          .regex(/^[A-Za-z0-9_.~-]+$/, 'must be a plain query key: letters, digits and _.~-')
          .default('rd')
          .describe('Query key of that page that takes the URL to come back to.'),
        logoutUrl: webUrl().optional().describe('Page of the platform where people sign out.'),
      })
      .optional()
      .describe(
        'Where the platform signs people in. Without it, people see a page that says to get a token.',
      ),
    clockToleranceSeconds: count(0, 300)
      .default(10)
      .describe('How far the issuer’s clock may differ from ours: for `exp`, `nbf` and `iat`.'),
  })
  .prefault({})
  .describe('Whose tokens are believed.');

/** Keys must come from a place that nobody on the way can change. */
function isKeySource(written: string): boolean {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(written)) return true;
  if (!URL.canParse(written)) return false;
  const { protocol, hostname, username, password } = new URL(written);
  return (
    username === '' &&
    password === '' &&
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)))
  );
}
