import type { DenyReason } from '../../domain/denial.js';
import type { Identity } from '../../domain/identity.js';

/** Who is not known is told the same as at any other door. */
export const IDENTITY_DENIALS = {
  anonymous: 'no-credential',
  ambiguous: 'ambiguous-credential',
  rejected: 'bad-credential',
  unverifiable: 'identity-unavailable',
} as const satisfies Record<Exclude<Identity['kind'], 'authenticated'>, DenyReason>;
