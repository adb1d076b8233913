import { type Answer, createAnswer } from './answer.js';

export interface SignInRedirectInput {
  readonly reason: 'no-credential' | 'bad-credential';
  readonly requestId: string;
  /** Canonical target to come back to, query included. Checked again when it is used. */
  readonly returnTo: string;
  /** Default `/.auth`. */
  readonly authPath?: string | undefined;
}

/**
 * Sends a person to our sign-in page. The Location is a path: no Host a client made up can get into it.
 * For navigations only; programs get the 401 of {@link renderDenial}.
 */
export function redirectToSignIn(input: SignInRedirectInput): Answer {
  const { reason, requestId, returnTo, authPath = '/.auth' } = input;
  return createAnswer({
    status: 302,
    requestId,
    contentType: undefined,
    body: '',
    headers: {
      location: `${authPath}/login?rd=${encodeURIComponent(returnTo)}`,
      'x-auth-proxy-reason': reason,
    },
  });
}
