import type { DenyReason } from '../../domain/denial.js';

const REALM = 'realm="airflow-auth-proxy"';

/** Answers that ask for a credential, each under the sentence of RFC 6750 3 or 3.1 that words it. */
const CHALLENGES: Partial<Record<DenyReason, string>> = {
  // "If the request lacks any authentication information ..., the resource server SHOULD NOT include an error code
  // or other error information."
  'no-credential': `Bearer ${REALM}`,
  // "invalid_token: The access token provided is expired, revoked, malformed, or invalid for other reasons."
  // Which of them is for the audit record alone (threats J30).
  'bad-credential': `Bearer ${REALM}, error="invalid_token", error_description="the token is not valid here"`,
  // "invalid_request: The request ... uses more than one method for including an access token".
  'ambiguous-credential': `Bearer ${REALM}, error="invalid_request", error_description="send one credential"`,
};

/** The value of `WWW-Authenticate` for a denial; undefined where none belongs. */
export function challengeFor(reason: DenyReason): string | undefined {
  return CHALLENGES[reason];
}
