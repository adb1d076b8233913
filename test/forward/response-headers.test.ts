import { describe, expect, it } from '@jest/globals';
import type { AnswerFraming } from '../../src/forward/framing.js';
import type { ForwardJob } from '../../src/forward/job.js';
import { toClientHeaders } from '../../src/forward/response-headers.js';
import { COMPILED, jobOf, pairsOf, valuesIn } from './fixtures.js';

function headersFor(
  raw: readonly string[],
  changes: Partial<ForwardJob> = {},
  framing: AnswerFraming = { kind: 'until-end' },
  transformed = false,
): string[] {
  return toClientHeaders(raw, jobOf(changes), COMPILED, framing, transformed);
}

describe('headers of an answer', () => {
  it.each([
    ...[
      'Connection',
      'Keep-Alive',
      'Transfer-Encoding',
      'Upgrade',
      'Trailer',
      'Proxy-Authenticate',
      'Server',
    ],
    ...['X-Powered-By', 'Refresh', 'Link', 'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'],
    ...[
      'access-control-allow-headers',
      'Alt-Svc',
      'Strict-Transport-Security',
      'Clear-Site-Data',
      'WWW-Authenticate',
    ],
    ...[
      'Service-Worker-Allowed',
      'X-Accel-Redirect',
      'X-Sendfile',
      'X-Auth-Proxy-Assertion',
      'Content-Length',
    ],
  ])('never hold %s', (name) => {
    expect(headersFor([name, 'x'])).toEqual(['cache-control', 'private']);
  });

  it('never hold what Connection names', () => {
    const headers = headersFor(['Connection', 'close, X-Internal', 'x-internal', 'pod-7', 'X-Other', '1']);
    expect(pairsOf(headers)).toEqual([
      ['x-other', '1'],
      ['cache-control', 'private'],
    ]);
  });

  it('keep order, duplicates and bytes of the rest', () => {
    const raw = [
      'Content-Type',
      'text/html',
      'X-A',
      '1',
      'X-A',
      '2',
      'Vary',
      'caf\xe9',
      'Cache-Control',
      'no-cache',
    ];
    expect(headersFor(raw)).toEqual(raw);
  });

  it.each([
    ['a bare line feed', 'X-A', 'a\nSet-Cookie: b=1'],
    ['a NUL', 'X-A', 'a\0b'],
    ['a name that is no token', 'X A', '1'],
    ['an empty name', '', '1'],
    ['a character above a byte', 'X-A', 'Ċ'],
  ])('drop a line with %s', (_name, name, value) => {
    expect(headersFor([name, value])).toEqual(['cache-control', 'private']);
  });

  it('rewrite every Set-Cookie and drop the forbidden ones', () => {
    const raw = ['Set-Cookie', 'session=a; Path=/', 'Set-Cookie', '_token=x', 'set-cookie', 'b=2; Domain=x'];
    expect(valuesIn(headersFor(raw), 'set-cookie')).toEqual([
      'session=a; Path=/quasar/airflow',
      'b=2; Path=/quasar/airflow',
    ]);
  });

  it('rewrite Location and Content-Location, the first of each only', () => {
    const raw = [
      'Location',
      'http://127.0.0.1:8080/a',
      'Location',
      '//evil.example',
      'Content-Location',
      '//evil.example',
    ];
    const headers = headersFor(raw);
    expect(valuesIn(headers, 'location')).toEqual(['https://airflow.example.com/a']);
    expect(valuesIn(headers, 'content-location')).toEqual(['/quasar/airflow/']);
  });

  it('leave static files to the caches', () => {
    expect(headersFor([], { target: '/quasar/airflow/static/a.js?v=1' })).toEqual([]);
    expect(headersFor([], { target: '/quasar/airflow/home/static/a.js' })).toEqual([
      'cache-control',
      'private',
    ]);
  });

  it('carry ours instead of the upstream`s of the same name', () => {
    const headers = headersFor(['X-Request-Id', 'theirs', 'Cache-Control', 'public'], {
      responseHeaders: [
        ['x-request-id', 'ours'],
        ['Cache-Control', 'no-store'],
      ],
    });
    expect(pairsOf(headers)).toEqual([
      ['x-request-id', 'ours'],
      ['cache-control', 'no-store'],
    ]);
  });

  it('say the length of the framing, not of the upstream', () => {
    const headers = headersFor(['Content-Length', '7'], {}, { kind: 'length', bytes: 5 });
    expect(valuesIn(headers, 'content-length')).toEqual(['5']);
  });

  it('describe a changed body: no validators, not stored', () => {
    const raw = [
      'ETag',
      '"x"',
      'Last-Modified',
      'x',
      'Cache-Control',
      'public',
      'Accept-Ranges',
      'bytes',
      'Content-Type',
      'application/json',
    ];
    expect(pairsOf(headersFor(raw, {}, { kind: 'length', bytes: 3 }, true))).toEqual([
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
      ['content-length', '3'],
    ]);
  });
});
