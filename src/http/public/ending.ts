import type { AnsweredReason } from '../../audit/result.js';
import type { DenyReason } from '../../domain/denial.js';

/** How a request ended, for the record and the metrics. */
export type Ending =
  /** The upstream's answer reached the caller. `upstreamMs` is undefined where an ingress forwards, which we only told to. */
  | { readonly kind: 'forwarded'; readonly statusCode: number; readonly upstreamMs: number | undefined }
  /** Refused by us or by the upstream, or no answer of the upstream could be passed on. */
  | {
      readonly kind: 'denied';
      readonly reason: DenyReason;
      readonly statusCode: number;
      readonly detail: string | undefined;
    }
  /** We answered in the upstream's place and refused nothing. */
  | { readonly kind: 'answered'; readonly reason: AnsweredReason; readonly statusCode: number };
