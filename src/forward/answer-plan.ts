import { type AnswerFraming, answerFraming } from './framing.js';
import type { ForwardFailure, ForwardJob } from './job.js';
import { isPlainJson, type Peek } from './refusal.js';
import type { BodyTransform } from './transform/transform.js';

/** What to do with an answer, told from its head. */
export type AnswerPlan =
  | { readonly kind: 'fail'; readonly reason: ForwardFailure; readonly detail: string }
  | {
      readonly kind: 'pass';
      readonly framing: AnswerFraming;
      readonly upstreamDenied: boolean;
      /** The body is not what the upstream described (HEAD of a transformed document). */
      readonly transformed: boolean;
    }
  /** Hold the head back until the body tells. */
  | { readonly kind: 'peek'; readonly framing: AnswerFraming; readonly peek: Peek }
  | { readonly kind: 'transform'; readonly transform: BodyTransform };

/** Pure. `raw` is the answer's head as name, value, name, value …; nothing in it is trusted. */
export function planAnswer(job: ForwardJob, status: number, raw: readonly string[]): AnswerPlan {
  const framing = answerFraming(job.method, status, raw);
  if (framing.kind === 'invalid') return { kind: 'fail', reason: 'upstream-invalid', detail: framing.detail };
  const verdict = job.classify?.({ status, raw }) ?? { kind: 'pass', upstreamDenied: false };
  switch (verdict.kind) {
    case 'refused':
      return { kind: 'fail', reason: verdict.reason, detail: verdict.detail };
    case 'peek':
      if (canHold(verdict.limitBytes, job, framing)) return { kind: 'peek', framing, peek: verdict };
      return { kind: 'pass', framing, upstreamDenied: verdict.upstreamDenied, transformed: false };
    case 'pass':
      break;
    default:
      return verdict satisfies never;
  }
  const { transform } = job;
  const pass = { kind: 'pass', framing, upstreamDenied: verdict.upstreamDenied, transformed: false } as const;
  if (transform === undefined || status < 200 || status >= 300) return pass;
  if (job.method === 'HEAD') return { ...pass, framing: { kind: 'none' }, transformed: true };
  if (status === 200 && isPlainJson(raw) && canHold(transform.limitBytes, job, framing)) {
    return { kind: 'transform', transform };
  }
  return { kind: 'fail', reason: 'upstream-invalid', detail: unknownDocument(transform) };
}

export function unknownDocument(transform: BodyTransform): string {
  return `the answer is not the document that ${transform.name} knows`;
}

function canHold(limitBytes: number, job: ForwardJob, framing: AnswerFraming): boolean {
  if (job.method === 'HEAD' || framing.kind === 'none') return false;
  return framing.kind !== 'length' || framing.bytes <= limitBytes;
}
