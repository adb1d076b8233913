import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { answerFraming, declaredLength, hasBody } from '../../src/forward/framing.js';

function request(headers: Record<string, string>): IncomingMessage {
  return { headers } as unknown as IncomingMessage;
}

describe('the body of a request', () => {
  it.each([
    ['nothing', {}, false, undefined],
    ['a length of 0', { 'content-length': '0' }, false, 0],
    ['a length', { 'content-length': '12' }, true, 12],
    ['chunked', { 'transfer-encoding': 'chunked' }, true, undefined],
    ['an empty length', { 'content-length': '' }, false, undefined],
    ['chunked and a length', { 'transfer-encoding': 'chunked', 'content-length': '3' }, true, undefined],
  ])('with %s', (_name, headers, body, length) => {
    expect(hasBody(request(headers))).toBe(body);
    expect(declaredLength(request(headers))).toBe(length);
  });
});

describe('the framing of an answer', () => {
  it.each([
    ['no length: until its end', 'GET', 200, [], { kind: 'until-end' }],
    ['chunked: until its end', 'GET', 200, ['Transfer-Encoding', 'Chunked'], { kind: 'until-end' }],
    ['a length', 'POST', 201, ['content-length', '7'], { kind: 'length', bytes: 7 }],
    ['HEAD with a length', 'HEAD', 200, ['content-length', '7'], { kind: 'length', bytes: 7 }],
    ['HEAD without', 'HEAD', 200, [], { kind: 'none' }],
    ['204', 'GET', 204, [], { kind: 'none' }],
    ['204 with length 0', 'GET', 204, ['content-length', '0'], { kind: 'none' }],
    ['304 with the length of what was not sent', 'GET', 304, ['content-length', '7'], { kind: 'none' }],
  ] as const)('%s', (_name, method, status, raw, expected) => {
    expect(answerFraming(method, status, raw)).toEqual(expected);
  });

  it.each([
    ['length and chunked', 200, ['content-length', '1', 'transfer-encoding', 'chunked']],
    ['two equal lengths', 200, ['content-length', '1', 'Content-Length', '1']],
    ['two encodings', 200, ['transfer-encoding', 'chunked', 'transfer-encoding', 'chunked']],
    ['chunked with a tab (llhttp 876)', 200, ['transfer-encoding', 'chunked\t']],
    ['gzip, chunked', 200, ['transfer-encoding', 'gzip, chunked']],
    ['a signed length', 200, ['content-length', '+5']],
    ['a list of lengths', 200, ['content-length', '5, 5']],
    ['204 with a body', 204, ['content-length', '5']],
    ['204 chunked', 204, ['transfer-encoding', 'chunked']],
  ] as const)('%s is refused', (_name, status, raw) => {
    expect(answerFraming('GET', status, raw).kind).toBe('invalid');
  });
});
