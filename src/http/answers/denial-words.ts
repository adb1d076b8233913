import type { DenyReason } from '../../domain/denial.js';

/** What a denial says to whoever gets it. */
export interface DenialWords {
  /** Heading of the page. */
  readonly title: string;
  /** `detail` of the JSON bodies; for a 403 exactly what Airflow 3's pages show in place. */
  readonly detail: string;
  /** The page's first paragraph. */
  readonly advice: string;
  /**
   * `outsider`: the caller may be anybody, so nothing of the Deployment, its version or the roles there is shown, and
   * names cannot be probed by comparing answers. `member`: a role was found before, so what was needed may be told.
   */
  readonly audience: 'outsider' | 'member';
  /** Whether the decision's own detail is passed on. */
  readonly tellsDetail: boolean;
}

const DENIED = 'Access is Denied';

export const DENIAL_WORDS = {
  'ambiguous-target': {
    title: 'This address is ambiguous',
    detail: 'the request target can be read in more than one way',
    advice:
      'Two servers could read the address of this page differently, so it was not passed on. Open the page from a link inside the service instead.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'ambiguous-credential': {
    title: 'Two sign-ins at once',
    detail: 'the request carries more than one credential',
    advice:
      'Your browser or program sent two different credentials. Sign out, sign in again, or send only one.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'ambiguous-request': {
    title: 'This request is ambiguous',
    detail: 'the request can be read in more than one way',
    advice: 'Two servers could read this request differently, so it was not passed on.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'no-credential': {
    title: 'Sign in first',
    detail: 'no credential was sent',
    advice: 'You are not signed in, or your session has ended.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'bad-credential': {
    title: 'Sign in again',
    detail: 'the credential is not valid here',
    advice: 'Your sign-in is not valid here, or no longer.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'no-role': {
    title: DENIED,
    detail: DENIED,
    advice:
      'You are signed in, but no role gives you access to this address. If you expected to get in, ask an Admin of your Workspace to add you.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'never-exposed': {
    title: DENIED,
    detail: DENIED,
    advice:
      'This address is closed to everybody, whatever their role: it is made for Airflow’s own parts or hands out Airflow’s own credentials.',
    audience: 'member',
    tellsDetail: true,
  },
  'unknown-route': {
    title: DENIED,
    detail: DENIED,
    advice:
      'This address is not known to the gateway, so it is closed. If a plugin serves it, an operator can list it under extraRoutes.',
    audience: 'member',
    tellsDetail: true,
  },
  'insufficient-permission': {
    title: DENIED,
    detail: DENIED,
    advice: 'Your role does not include what this page needs.',
    audience: 'member',
    tellsDetail: true,
  },
  'cross-site': {
    title: DENIED,
    detail: DENIED,
    advice:
      'This would change something, and the request did not come from a page of this service. Open the page here and try again.',
    audience: 'member',
    tellsDetail: true,
  },
  'upstream-denied': {
    title: DENIED,
    detail: DENIED,
    advice: 'Your role allows this here, but the service behind it refused it itself.',
    audience: 'member',
    tellsDetail: true,
  },
  'method-not-allowed': {
    title: 'Method not allowed',
    detail: 'this method is not allowed',
    advice: 'The gateway does not pass on requests with this method.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'body-too-long': {
    title: 'Too much content',
    detail: 'the request body is too long',
    advice: 'What was sent is longer than this gateway accepts.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'target-too-long': {
    title: 'Address too long',
    detail: 'the request target is too long',
    advice:
      'The address of this page is longer than the service behind it accepts. Choose fewer filters and try again.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'headers-too-large': {
    title: 'Headers too large',
    detail: 'the request headers are too large',
    advice:
      'Your browser sent more headers than this gateway accepts. Deleting the cookies of this site usually helps.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'expectation-failed': {
    title: 'Expectation failed',
    detail: 'this expectation is not supported',
    advice: 'The request asked for something this gateway does not do.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'request-timeout': {
    title: 'Request timed out',
    detail: 'the request did not arrive in time',
    advice: 'The request took too long to arrive. Try again.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'method-unknown': {
    title: 'Unknown method',
    detail: 'this method is not known',
    advice: 'The gateway does not know the method of this request.',
    audience: 'outsider',
    tellsDetail: true,
  },
  'upstream-unreachable': {
    title: 'The service does not answer',
    detail: 'the upstream cannot be reached',
    advice:
      'You may open this page, but the service behind it cannot be reached. It may be starting; try again in a moment.',
    audience: 'member',
    tellsDetail: true,
  },
  'upstream-invalid': {
    title: 'The service’s answer cannot be used',
    detail: 'the upstream sent an invalid answer',
    advice: 'You may open this page, but the service behind it sent an answer that cannot be passed on.',
    audience: 'member',
    tellsDetail: true,
  },
  'assertion-refused': {
    title: 'The service does not trust the gateway',
    detail:
      'the upstream refused the identity this gateway asserts; check the identity settings on both sides',
    advice:
      'You may open this page, but the service behind it refused the gateway’s own credential. Signing in again does not help: an operator has to compare the identity settings of both sides.',
    audience: 'member',
    tellsDetail: true,
  },
  'identity-unavailable': {
    title: 'Sign-in cannot be checked now',
    detail: 'the credential cannot be checked now',
    advice:
      'The service that vouches for sign-ins does not answer. You are not signed out; try again in a moment.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'role-unavailable': {
    title: 'Roles cannot be read now',
    detail: 'the roles of the caller cannot be read now',
    advice:
      'The service that knows who holds which role does not answer. Your access has not changed; try again in a moment.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'audit-unavailable': {
    title: 'Changes are on hold',
    detail: 'the audit trail cannot be written now',
    advice: 'Changes are recorded here, and the record cannot be written now. Try again in a moment.',
    audience: 'outsider',
    tellsDetail: false,
  },
  overloaded: {
    title: 'Too busy',
    detail: 'too many requests are in progress',
    advice: 'The gateway has more requests than it can take. Try again in a moment.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'internal-error': {
    title: 'Something went wrong',
    detail: 'the request could not be judged',
    advice: 'The gateway could not judge this request, so it was not passed on. Try again in a moment.',
    audience: 'outsider',
    tellsDetail: false,
  },
  'upstream-timeout': {
    title: 'The service takes too long',
    detail: 'the upstream did not answer in time',
    advice: 'You may open this page, but the service behind it did not answer in time.',
    audience: 'member',
    tellsDetail: true,
  },
  'client-gone': {
    title: 'Request ended',
    detail: 'the caller went away',
    advice: 'The connection was closed before there was an answer.',
    audience: 'outsider',
    tellsDetail: false,
  },
} as const satisfies Record<DenyReason, DenialWords>;
