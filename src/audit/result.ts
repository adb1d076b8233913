import type { DenyReason } from '../domain/denial.js';

/** How one request ended, as the caller saw it. */
export type RequestResult =
  /** The upstream's answer reached the caller. */
  | { readonly kind: 'forwarded'; readonly statusCode: number }
  /** We refused it, or no answer of the upstream could be passed on. Also the redirect to our sign-in page. */
  | {
      readonly kind: 'denied';
      readonly reason: DenyReason;
      readonly statusCode: number;
      /** What is known beyond the reason; never a secret. Goes before the decision's own. */
      readonly detail?: string | undefined;
    }
  /** We answered in the upstream's place and refused nothing, as to OPTIONS. */
  | { readonly kind: 'answered'; readonly reason: AnsweredReason; readonly statusCode: number };

/** Which answer of our own stood in the upstream's place. */
export type AnsweredReason = 'options' | 'sign-in' | 'sign-out';
