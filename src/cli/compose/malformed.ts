import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import { renderDenial } from '../../http/answers/deny.js';
import { unreadOutcome } from '../../http/public/unread-outcome.js';
import { createConclude } from './conclude.js';
import type { Shared } from './runtime.js';

/**
 * The bytes that answer a message which never became a request, and its record. `statusOf` is for a door that answers
 * its denials with other numbers.
 */
export function createMalformed(
  shared: Shared,
  statusOf: (reason: DenyReason) => number = (reason) => DENIAL_STATUS[reason],
) {
  const conclude = createConclude({ ...shared, record: 'denied' });
  return function malformed(reason: DenyReason, sourceIp: string | undefined, record = true): string {
    const requestId = randomUUID();
    const status = statusOf(reason);
    const { headers, body } = renderDenial({ reason, surface: 'json', requestId });
    if (record)
      conclude(
        unreadOutcome({ requestId, method: '', rawTarget: '', sourceIp, reason }),
        { kind: 'denied', reason, statusCode: status, detail: undefined },
        performance.now(),
      );
    const lines = Object.entries({ ...headers, connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
  };
}
