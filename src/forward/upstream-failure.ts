/** How a request upstream can end without a whole answer. */
export type UpstreamFailure = 'unreachable' | 'timeout' | 'invalid' | 'overloaded' | 'aborted';

const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const TIMED_OUT = new Set([
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'],
]);
/** Answers that are no HTTP/1.1, by llhttp's and undici's codes. */
const INVALID = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_RES_|UND_ERR_INVALID_ARG$)/;

/** The connection went away under the request: the one failure after which it may be repeated. */
export function isBroken(error: unknown): boolean {
  return BROKEN.has(codeOf(error));
}

/** Names an error of the HTTP client by its code alone: messages may hold addresses. `silent`: no byte had come. */
export function failureOf(error: unknown, silent: boolean): { failure: UpstreamFailure; detail: string } {
  const code = codeOf(error);
  if (TIMED_OUT.has(code)) return { failure: 'timeout', detail: code };
  if (INVALID.test(code)) return { failure: 'invalid', detail: code };
  return silent
    ? { failure: 'unreachable', detail: code }
    : { failure: 'invalid', detail: `${code} in the middle of an answer` };
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
