import type { DenyReason } from '../../domain/denial.js';

/** What node's server reports of bytes that are no request. */
export interface ParserError {
  readonly code?: string | undefined;
  /** The piece in which the parser gave up. */
  readonly rawPacket?: unknown;
}

const REQUEST_LINE = /^[A-Z-]{1,20} \//;

/**
 * Why the parser gave up. Target and header fields share one limit there, so a request line that alone is longer than
 * `targetBytes` is told by its bytes; where it came in several pieces it counts as too large a header.
 */
export function malformedReason({ code, rawPacket }: ParserError, targetBytes: number): DenyReason {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return Buffer.isBuffer(rawPacket) && startsWithLongLine(rawPacket, targetBytes)
        ? 'target-too-long'
        : 'headers-too-large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request-timeout';
    default:
      return 'ambiguous-request';
  }
}

function startsWithLongLine(packet: Buffer, targetBytes: number): boolean {
  if (!REQUEST_LINE.test(packet.subarray(0, 24).toString('latin1'))) return false;
  const end = packet.indexOf('\r\n');
  return (end === -1 ? packet.length : end) > targetBytes;
}
