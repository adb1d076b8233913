import { describe, expect, it } from '@jest/globals';
import { judgeMethod } from '../../../src/http/public/method.js';

describe('judgeMethod', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('has %s judged', (method) => {
    expect(judgeMethod(method)).toEqual({ kind: 'judge' });
  });
  it('answers OPTIONS itself', () => {
    expect(judgeMethod('OPTIONS')).toEqual({ kind: 'options' });
  });
  it.each([
    ['TRACE', 'method-not-allowed'],
    ['CONNECT', 'method-not-allowed'],
    ['PROPFIND', 'method-unknown'],
    ['get', 'method-unknown'],
    ['', 'method-unknown'],
    ['__proto__', 'method-unknown'],
    ['constructor', 'method-unknown'],
    ['toString', 'method-unknown'],
  ])('refuses `%s` as %s', (method, reason) => {
    expect(judgeMethod(method)).toEqual({ kind: 'refuse', reason });
  });
});
