import { describe, expect, it } from '@jest/globals';
import { failureOf, isBroken } from '../../src/forward/upstream-failure.js';

function coded(code: string): Error {
  return Object.assign(new Error('connect to 10.0.0.7:8080'), { code });
}

describe('a failure of the HTTP client', () => {
  it.each([
    ['ECONNREFUSED', true, 'unreachable', 'ECONNREFUSED'],
    ['ENOTFOUND', true, 'unreachable', 'ENOTFOUND'],
    ['ECONNRESET', true, 'unreachable', 'ECONNRESET'],
    ['ECONNRESET', false, 'invalid', 'ECONNRESET in the middle of an answer'],
    ['UND_ERR_CONNECT_TIMEOUT', true, 'timeout', 'UND_ERR_CONNECT_TIMEOUT'],
    ['UND_ERR_HEADERS_TIMEOUT', true, 'timeout', 'UND_ERR_HEADERS_TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT', false, 'timeout', 'UND_ERR_BODY_TIMEOUT'],
    ['HPE_INVALID_HEADER_TOKEN', true, 'invalid', 'HPE_INVALID_HEADER_TOKEN'],
    ['UND_ERR_HEADERS_OVERFLOW', false, 'invalid', 'UND_ERR_HEADERS_OVERFLOW'],
  ])('%s (no byte had come: %s) is `%s`', (code, silent, failure, detail) => {
    expect(failureOf(coded(code), silent)).toEqual({ failure, detail });
  });

  it('is named even where it has no code', () => {
    expect(failureOf(new TypeError('secret'), true).detail).toBe('TypeError');
    expect(failureOf('secret', true).detail).toBe('unknown');
  });

  it.each([
    ['ECONNRESET', true],
    ['EPIPE', true],
    ['UND_ERR_SOCKET', true],
    ['ECONNREFUSED', false],
    ['UND_ERR_HEADERS_TIMEOUT', false],
  ])('%s means a broken connection: %s', (code, broken) => {
    expect(isBroken(coded(code))).toBe(broken);
  });
});
