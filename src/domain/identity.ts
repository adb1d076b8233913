import type { Principal } from './principal.js';

/** Where the credential was found. Only a cookie travels without the page asking for it, hence the CSRF rule. */
export type CredentialKind = 'bearer' | 'cookie' | 'service-account-key';

/** What is known of the caller. Absent, rejected and unverifiable are three facts with three answers. */
export type Identity =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'ambiguous'; readonly detail: string }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly detail: string }
  | { readonly kind: 'unverifiable'; readonly cause: string }
  | Authenticated;

export interface Authenticated {
  readonly kind: 'authenticated';
  readonly principal: Principal;
  readonly credential: CredentialKind;
  /** Verified claims of the platform token; empty for a service-account key. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch seconds. Undefined for a service-account key. */
  readonly expiresAt: number | undefined;
}

/** Why a credential was refused: for the audit record and logs, never for the caller (threats J30). */
export type RejectionCode =
  | 'malformed'
  | 'too-long'
  | 'wrong-scheme'
  | 'unknown-issuer'
  | 'wrong-audience'
  | 'wrong-algorithm'
  | 'wrong-type'
  | 'unknown-key'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'bad-claim'
  | 'revoked'
  | 'unknown-service-account-key';
