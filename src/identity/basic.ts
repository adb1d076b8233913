import type { Assertion } from '../domain/assertion.js';
import { AuthProxyError } from '../domain/errors.js';

export interface BasicAssertionOptions {
  /** Without `:`, which ends it (RFC 7617 2). */
  readonly username: string;
  readonly password: string;
}

/**
 * One account for everybody: `Authorization: Basic`, as Flower's `--basic_auth` wants it. The upstream does not
 * learn who it is.
 *
 * @throws {AuthProxyError} `config` when user name or password cannot be sent
 * @see RFC 7617
 */
export function createBasicAssertion(options: BasicAssertionOptions): Assertion {
  const { username, password } = options;
  if (username === '' || /[:\p{Cc}]/u.test(username)) {
    throw new AuthProxyError(
      'config',
      'identity profile `basic` needs a `username` without colon and control characters',
    );
  }
  if (password === '' || /\p{Cc}/u.test(password)) {
    throw new AuthProxyError(
      'config',
      'identity profile `basic` needs a password without control characters',
    );
  }
  const headers = [
    ['authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`],
  ] as const;
  return {
    profile: 'basic',
    assert: async () => headers,
  };
}
