import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toUpstreamHeaders } from '../../src/forward/headers.js';
import type { ForwardJob } from '../../src/forward/job.js';
import { COMPILED, jobOf, pairsOf, valuesIn } from './fixtures.js';

function headersFor(raw: readonly string[], changes: Partial<ForwardJob> = {}): string[] {
  return toUpstreamHeaders(raw, jobOf(changes), COMPILED);
}

/** What we set ourselves for the default job. */
const OURS = [
  ['host', 'airflow.example.com'],
  ['x-forwarded-for', '203.0.113.7'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-host', 'airflow.example.com'],
  ['authorization', 'Bearer ours'],
];

describe('request headers for the upstream', () => {
  it('are ours alone when the caller sends nothing', () => {
    expect(pairsOf(headersFor([]))).toEqual(OURS);
  });

  it.each([
    ...[
      'Connection',
      'Keep-Alive',
      'Proxy-Connection',
      'Proxy-Authorization',
      'TE',
      'Trailer',
      'Transfer-Encoding',
    ],
    ...['Upgrade', 'HTTP2-Settings', 'Expect', 'Content-Length', 'Host', 'Authorization', 'Forwarded', 'Via'],
    ...['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Prefix', 'X-Forwarded-User'],
    ...['X-Forwarded-Access-Token', 'X-Forwarded-Port', 'X-Real-IP', 'True-Client-IP', 'X-Original-URL'],
    ...['X-Original-Method', 'X-Rewrite-URL', 'X-Script-Name', 'X-HTTP-Method', 'X-HTTP-Method-Override'],
    ...[
      'X-Method-Override',
      'X-Middleware-Subrequest',
      'Script-Name',
      'Path-Info',
      'Remote-User',
      'Remote-Addr',
    ],
    ...[
      'Server-Name',
      'WSGI-Url-Scheme',
      'HTTP-Host',
      'X-Envoy-Original-Path',
      'X-Remote-User',
      'X-Auth-Request-User',
    ],
    ...[
      'X-WebAuth-User',
      'X-Goog-IAP-JWT-Assertion',
      'X-Amzn-Oidc-Data',
      'CF-Access-Jwt-Assertion',
      'SSL-Client-Cert',
    ],
    ...['X-Platform-Identity', 'X-Accel-Redirect', 'X-User-Id'],
  ])('never hold the caller`s %s, in any case', (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(pairsOf(headersFor([spelling, 'evil']))).toEqual(OURS);
    }
  });

  it.each([
    'X_Remote_User',
    'x-remote_user',
    'SCRIPT_NAME',
    'Transfer_Encoding',
    'X_Platform_Identity',
    'a_b',
  ])('never hold %s, since WSGI reads _ as - (CVE-2025-64484)', (name) => {
    expect(pairsOf(headersFor([name, 'evil']))).toEqual(OURS);
  });

  it('never hold what Connection names, in any case and over several lines (CVE-2022-31813, CVE-2024-45410)', () => {
    const raw = [
      'Connection',
      'close, X-One',
      'connection',
      'x-TWO,authorization',
      'x-one',
      '1',
      'X-Two',
      '2',
      'X-Three',
      '3',
    ];
    expect(pairsOf(headersFor(raw))).toEqual([OURS[0], ['x-three', '3'], ...OURS.slice(1)]);
  });

  it('hold our identity exactly once even where Connection names it (CVE-2026-29054)', () => {
    const raw = ['Connection', 'x-platform-identity, authorization', 'X-Platform-Identity', 'root'];
    const headers = headersFor(raw, { identity: [['x-platform-identity', 'ada']] });
    expect(valuesIn(headers, 'x-platform-identity')).toEqual(['ada']);
    expect(valuesIn(headers, 'authorization')).toEqual([]);
  });

  it('drop the caller`s identity header where nobody is asserted', () => {
    expect(
      valuesIn(headersFor(['X-Platform-Identity', 'root'], { identity: [] }), 'x-platform-identity'),
    ).toEqual([]);
  });

  it('drop an identity header of this job that the place does not know', () => {
    const headers = headersFor(['X-Custom', 'root'], { identity: [['x-custom', 'ada']] });
    expect(valuesIn(headers, 'x-custom')).toEqual(['ada']);
  });

  it('keep order, spelling and duplicates of ordinary headers', () => {
    const raw = [
      'Accept',
      'a',
      'X-Thing',
      '1',
      'accept',
      'b',
      'X-Thing',
      '2',
      'Referer',
      'https://r/',
      'Origin',
      'https://o',
    ];
    const headers = headersFor(raw);
    expect(headers.slice(2, 2 + raw.length)).toEqual(raw);
  });

  it('keep Accept-Encoding, Range and conditions', () => {
    const raw = ['Accept-Encoding', 'gzip', 'Range', 'bytes=0-1', 'If-None-Match', '"x"'];
    expect(headersFor(raw).slice(2, 8)).toEqual(raw);
  });

  it('ask for the plain whole document when a transform waits for it', () => {
    const raw = ['Accept-Encoding', 'gzip', 'Range', 'bytes=0-1', 'If-None-Match', '"x"'];
    const transform = { name: 't', limitBytes: 1, apply: (body: Buffer) => body };
    const headers = headersFor(raw, { transform });
    expect(valuesIn(headers, 'accept-encoding')).toEqual(['identity']);
    expect(valuesIn(headers, 'range')).toEqual([]);
    expect(valuesIn(headers, 'if-none-match')).toEqual([]);
  });

  it('carry our request id instead of the caller`s', () => {
    const headers = headersFor(['X-Request-Id', 'theirs'], { requestHeaders: [['x-request-id', 'ours']] });
    expect(valuesIn(headers, 'x-request-id')).toEqual(['ours']);
  });

  it('rebuild Cookie from all lines without protected names', () => {
    const raw = ['Cookie', 'session=s; platform_token=jwt; _token=x', 'cookie', 'a=1;__Host-session=y'];
    expect(valuesIn(headersFor(raw), 'cookie')).toEqual(['session=s; a=1']);
  });

  it('have no Cookie line when nothing is left', () => {
    expect(valuesIn(headersFor(['Cookie', 'platform_token=jwt']), 'cookie')).toEqual([]);
  });

  it('survive `__proto__` and friends as names (CVE-2026-21710)', () => {
    const headers = headersFor(['__proto__', 'x', 'constructor', 'y', 'hasOwnProperty', 'z']);
    expect(valuesIn(headers, 'constructor')).toEqual(['y']);
    expect(valuesIn(headers, '__proto__')).toEqual([]);
  });

  it('hold exactly our identity whatever the caller sends', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'Authorization',
        'authorization',
        'X-Platform-Identity',
        'X_Platform_Identity',
        'Connection',
        'Cookie',
      ),
      fc.constantFrom(
        'Host',
        'X-Forwarded-For',
        'x-forwarded-PREFIX',
        'Remote-User',
        'SCRIPT_NAME',
        'accept',
      ),
      fc.stringMatching(/^[A-Za-z_-]{1,12}$/),
    );
    const value = fc.oneof(
      fc.constantFrom(
        '_token=x',
        'a=1; _token=x',
        ' _token =x',
        'x-platform-identity',
        'authorization, host',
      ),
      fc.stringMatching(/^[ -~]{0,30}$/),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (lines) => {
        const headers = headersFor(lines.flat(), { identity: [['x-platform-identity', 'ada']] });
        const normal = pairsOf(headers).map(([key, text]) => [key.replaceAll('_', '-'), text]);
        const count = (wanted: string): string[] =>
          normal.filter(([key]) => key === wanted).map(([, text]) => text ?? '');
        expect(count('x-platform-identity')).toEqual(['ada']);
        expect(count('authorization')).toEqual([]);
        expect(count('host')).toEqual(['airflow.example.com']);
        expect(count('x-forwarded-for')).toEqual(['203.0.113.7']);
        expect(count('x-forwarded-prefix')).toEqual([]);
        expect(count('remote-user')).toEqual([]);
        expect(count('script-name')).toEqual([]);
        for (const cookie of count('cookie')) {
          expect(cookie.split(';').map((pair) => pair.split('=')[0]?.trim())).not.toContain('_token');
        }
      }),
      { numRuns: 300 },
    );
  });
});
