import type { Assertion } from '../domain/assertion.js';
import { AuthProxyError } from '../domain/errors.js';
import { subjectOf } from '../domain/principal.js';

export interface RemoteUserHeaderOptions {
  /** Such as `x-platform-user`, for `AUTH_REMOTE_USER_ENV_VAR = "HTTP_X_PLATFORM_USER"`. */
  readonly header: string;
}

/** Headers that mean something else to servers on the way. */
const RESERVED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Tells the user name in a plain header. Nothing proves it: only the gateway may be able to reach the upstream.
 * No role goes along, and Airflow looks at the header only when it signs a person in.
 *
 * A name that is not printable ASCII, or holds a comma (which servers use to join repeated headers), is refused
 * rather than rewritten: two people must not become one.
 *
 * @throws {AuthProxyError} `config` for a header name that is reserved or that WSGI could confuse with another
 * @see Flask-AppBuilder `security/views.py` AuthRemoteUserView; Airflow 2 `AUTH_REMOTE_USER`
 */
export function createRemoteUserHeaderAssertion(options: RemoteUserHeaderOptions): Assertion {
  const header = options.header.toLowerCase();
  // No underscore: CGI variables turn both `_` and `-` into `_` (RFC 3875 4.1.18).
  if (
    !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(header) ||
    RESERVED.has(header) ||
    /^(proxy|sec|x-forwarded)-/.test(header)
  ) {
    throw new AuthProxyError(
      'config',
      `identity header \`${options.header}\` cannot be used; choose letters, digits and hyphens, such as \`x-platform-user\``,
    );
  }
  return {
    profile: 'remote-user-header',
    async assert({ principal }) {
      const subject = subjectOf(principal);
      if (!/^[!-+\--~]+( +[!-+\--~]+)*$/.test(subject)) {
        throw new AuthProxyError(
          'identity',
          'the user name cannot be told in a header; use a profile that signs',
        );
      }
      return [[header, subject]];
    },
  };
}
