import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { NO_BINDINGS } from '../../domain/binding.js';
import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import { renderDenial } from '../../http/answers/deny.js';
import { createConclude } from './conclude.js';
import type { Shared } from './runtime.js';

/** The bytes that answer a message which never became a request, and its record. */
export function createMalformed(shared: Shared) {
  const conclude = createConclude({ ...shared, record: 'denied' });
  return function malformed(reason: DenyReason, sourceIp: string | undefined): string {
    const requestId = randomUUID();
    const { status, headers, body } = renderDenial({ reason, surface: 'json', requestId });
    conclude(
      {
        requestId,
        method: '',
        target: undefined,
        rawTarget: '',
        place: undefined,
        identity: { kind: 'anonymous' },
        bindings: NO_BINDINGS,
        role: undefined,
        match: { kind: 'unplaced' },
        decision: { kind: 'deny', reason, rule: undefined, permission: undefined, detail: undefined },
        sourceIp,
      },
      { kind: 'denied', reason, statusCode: DENIAL_STATUS[reason], detail: undefined },
      performance.now(),
    );
    const lines = Object.entries({ ...headers, connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
  };
}
