/** Every way a request can end without the upstream's answer. Status here; challenge and body in `http/`. */
export const DENIAL_STATUS = {
  // RFC 9110 15.5.1: the server will not process the request due to something perceived as a client error.
  'ambiguous-target': 400,
  'ambiguous-credential': 400,
  'ambiguous-request': 400,
  // RFC 9110 15.5.2: the request lacks valid authentication credentials.
  'no-credential': 401,
  'bad-credential': 401,
  // RFC 9110 15.5.4: the server understood the request but refuses to fulfill it.
  'no-role': 403,
  'never-exposed': 403,
  'unknown-route': 403,
  'insufficient-permission': 403,
  'cross-site': 403,
  'upstream-denied': 403,
  // RFC 9110 15.5.6: known by the origin server but not supported by the target resource.
  'method-not-allowed': 405,
  // RFC 9110 15.5.14, 15.5.15; RFC 6585 5.
  'body-too-long': 413,
  'target-too-long': 414,
  'headers-too-large': 431,
  'expectation-failed': 417,
  'request-timeout': 408,
  // RFC 9110 15.6.2: does not support the functionality required to fulfill the request.
  'method-unknown': 501,
  // RFC 9110 15.6.3: received an invalid response from an inbound server.
  'upstream-unreachable': 502,
  'upstream-invalid': 502,
  'assertion-refused': 502,
  // RFC 9110 15.6.4: currently unable to handle the request.
  'identity-unavailable': 503,
  'role-unavailable': 503,
  'audit-unavailable': 503,
  overloaded: 503,
  // Whatever went wrong inside fails closed: never an allow, never a misleading 401.
  'internal-error': 503,
  // RFC 9110 15.6.5: did not receive a timely response from an upstream server.
  'upstream-timeout': 504,
  // The caller went away before an answer stood; nginx's number, for records only.
  'client-gone': 499,
} as const satisfies Record<string, number>;

export type DenyReason = keyof typeof DENIAL_STATUS;
