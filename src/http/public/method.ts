import type { DenyReason } from '../../domain/denial.js';

export type MethodVerdict =
  | { readonly kind: 'judge' }
  | { readonly kind: 'options' }
  | { readonly kind: 'refuse'; readonly reason: DenyReason };

/** Methods we know (RFC 9110 9, RFC 5789); what is not here is unknown. */
const METHODS: Readonly<Record<string, MethodVerdict>> = {
  __proto__: null as never,
  GET: { kind: 'judge' },
  HEAD: { kind: 'judge' },
  POST: { kind: 'judge' },
  PUT: { kind: 'judge' },
  PATCH: { kind: 'judge' },
  DELETE: { kind: 'judge' },
  OPTIONS: { kind: 'options' },
  TRACE: { kind: 'refuse', reason: 'method-not-allowed' },
  CONNECT: { kind: 'refuse', reason: 'method-not-allowed' },
};

export function judgeMethod(method: string): MethodVerdict {
  return METHODS[method] ?? { kind: 'refuse', reason: 'method-unknown' };
}
