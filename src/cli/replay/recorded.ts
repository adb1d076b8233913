import type { ServiceKind } from '../../domain/deployment.js';
import type { CredentialKind, RejectionCode } from '../../domain/identity.js';
import type { Role } from '../../domain/role.js';

/** Who asked, as far as a log says it. */
export type RecordedCaller =
  /** Nothing: an access log knows no roles. */
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'rejected'; readonly code: RejectionCode }
  | { readonly kind: 'unverifiable' }
  | {
      readonly kind: 'known';
      /** Undefined: no binding reached the Deployment. */
      readonly role: Role | undefined;
      readonly credential: CredentialKind;
      /** Role sources that had not answered. */
      readonly unavailable: readonly string[];
    };

/** What was done then. `neither`: it ended by something that no configuration decides, or that the log does not keep. */
export type RecordedDecision = 'allowed' | 'denied' | 'neither';

/** One request of a log, in the log's own words. */
export interface RecordedRequest {
  readonly method: string;
  /** As sent, or as far as the log keeps it. One character a byte. */
  readonly target: string;
  /** Authority in lower case; undefined where the log does not say. */
  readonly host: string | undefined;
  readonly status: number;
  readonly decision: RecordedDecision;
  readonly caller: RecordedCaller;
  /** An audit record: the service it was asked of, and the rule that named it. */
  readonly place: { readonly deployment: string; readonly service: ServiceKind } | undefined;
  readonly rule: string | undefined;
}

export type LineReading =
  | { readonly kind: 'request'; readonly request: RecordedRequest }
  /** A sound record of something that is no request to judge, like a sign-in. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly why: string };

export function unreadable(why: string): LineReading {
  return { kind: 'unreadable', why };
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectAt(value: unknown, key: string): JsonObject | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}

export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
