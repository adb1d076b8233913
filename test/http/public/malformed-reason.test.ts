import { describe, expect, it } from '@jest/globals';
import { malformedReason } from '../../../src/http/public/malformed-reason.js';

const long = 'x'.repeat(300);

describe('malformedReason', () => {
  it.each([
    ['a long request line', `GET /${long}`, 'target-too-long'],
    ['a long request line that ended', `GET /${long} HTTP/1.1\r\nHost: a\r\n`, 'target-too-long'],
    ['a short request line before long fields', `GET / HTTP/1.1\r\nX: ${long}`, 'headers-too-large'],
    ['a later piece of long fields', long, 'headers-too-large'],
    ['a target in absolute form', `GET http://${long}`, 'headers-too-large'],
  ])('names %s that is more than the parser takes', (_, packet, reason) => {
    expect(malformedReason({ code: 'HPE_HEADER_OVERFLOW', rawPacket: Buffer.from(packet) }, 200)).toBe(
      reason,
    );
  });

  it.each([
    [{ code: 'HPE_HEADER_OVERFLOW' }, 'headers-too-large'],
    [{ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, 'request-timeout'],
    [{ code: 'HPE_INVALID_METHOD' }, 'ambiguous-request'],
    [{}, 'ambiguous-request'],
  ])('of %j is %s', (error, reason) => {
    expect(malformedReason(error, 200)).toBe(reason);
  });
});
