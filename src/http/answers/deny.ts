import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Permission } from '../../domain/permission.js';
import type { Role } from '../../domain/role.js';
import { type Answer, CONTENT_TYPES, createAnswer } from './answer.js';
import type { Brand } from './brand.js';
import { challengeFor } from './challenge.js';
import { DENIAL_WORDS, type DenialWords } from './denial-words.js';
import { renderDenialPage } from './deny-page.js';
import type { Surface } from './negotiate.js';
import { problemOf } from './problem.js';

export interface DenialInput {
  readonly reason: DenyReason;
  readonly surface: Surface;
  readonly requestId: string;
  /** What was needed. */
  readonly permission?: Permission | undefined;
  /** The highest role the caller holds there. */
  readonly role?: Role | undefined;
  readonly workspaceLabel?: string | undefined;
  /** `support.contact` of the configuration: a mail address, an https URL or words. */
  readonly supportContact?: string | undefined;
  /** The decision's detail. */
  readonly detail?: string | undefined;
  /** Where our own pages are, as the caller's ingress passes them. Default `/.auth`. */
  readonly authPath?: string | undefined;
  /** Where a person goes on from here. Default `/`. */
  readonly homePath?: string | undefined;
  readonly brand?: Brand | undefined;
}

/** Seconds after which asking again is worth it (RFC 9110 10.2.3). */
const RETRY_AFTER_SECONDS = 5;
/** RFC 9110 15.5.6: a 405 must say what is allowed. */
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
/** Statuses after which the connection's bytes are not trusted to begin another request. */
const CLOSING: ReadonlySet<number> = new Set([400, 408, 413, 414, 417, 431, 501]);

/**
 * The answer to a request that was denied: status, headers and body, all decided here.
 *
 * Callers may pass all they know: what the reason's audience may not learn is dropped here, so that an unknown
 * Deployment and one without a role of the caller give the same bytes. Nothing of the request is reflected, but what
 * the decision's detail names (the two origins of a cross-site request).
 */
export function renderDenial(input: DenialInput): Answer {
  const words: DenialWords = DENIAL_WORDS[input.reason];
  const shown = limit(input, words);
  const status = DENIAL_STATUS[shown.reason];
  return createAnswer({
    status,
    requestId: shown.requestId,
    ...contentOf(shown, words, status),
    headers: { 'x-auth-proxy-reason': shown.reason, ...headersOf(shown.reason, status) },
  });
}

function limit(input: DenialInput, words: DenialWords): DenialInput {
  const detail = words.tellsDetail ? input.detail : undefined;
  if (words.audience === 'member') return { ...input, detail };
  const { reason, requestId, supportContact, brand } = input;
  // That a path is Airflow 2's REST API tells that a Deployment is there, and so do links below its path.
  const surface = input.surface === 'airflow-v1' ? 'json' : input.surface;
  return { reason, surface, requestId, supportContact, brand, detail };
}

function contentOf(shown: DenialInput, words: DenialWords, status: number) {
  switch (shown.surface) {
    case 'html':
      return { contentType: CONTENT_TYPES.html, body: renderDenialPage(shown, words) };
    case 'airflow-v1':
      return {
        contentType: CONTENT_TYPES.problem,
        body: JSON.stringify({ detail: words.detail, ...problemOf(status), ...factsOf(shown) }),
      };
    case 'json':
      return {
        contentType: CONTENT_TYPES.json,
        body: JSON.stringify({ detail: words.detail, ...factsOf(shown) }),
      };
    default:
      return shown.surface satisfies never;
  }
}

function factsOf(shown: DenialInput) {
  return {
    reason: shown.reason,
    // The bytes for somebody without a role do not differ from one request to the next; the id is in the header.
    request_id: shown.reason === 'no-role' ? undefined : shown.requestId,
    permission: shown.permission,
    role: shown.role,
    explanation: shown.detail,
  };
}

function headersOf(reason: DenyReason, status: number): Record<string, string> {
  const challenge = challengeFor(reason);
  return {
    ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
    ...(status === 405 ? { allow: ALLOWED_METHODS } : {}),
    ...(CLOSING.has(status) ? { connection: 'close' } : {}),
  };
}
