import { describe, expect, it } from '@jest/globals';
import { readLine } from '../../../src/cli/replay/read-line.js';
import type { RecordedRequest } from '../../../src/cli/replay/recorded.js';

const read = (text: string | undefined) => readLine({ number: 1, text });
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('latin1');

const RECORD = {
  '@timestamp': '2026-11-22T17:00:00.000Z',
  event: { action: 'request-denied', outcome: 'failure', reason: 'insufficient-permission' },
  user: { id: 'vic' },
  auth_proxy: {
    request_id: 'r',
    deployment: 'sun',
    workspace: 'data-team',
    service: 'airflow',
    role: 'WORKSPACE_VIEWER',
    rule: 'task-log',
  },
  http: { request: { method: 'GET' }, response: { status_code: 403 } },
  url: { path: '/sun/airflow/api/v2/variables' },
};

function request(text: string): RecordedRequest {
  const reading = read(text);
  if (reading.kind !== 'request') throw new Error(JSON.stringify(reading));
  return reading.request;
}

describe('a line of our audit log', () => {
  it('says who asked for what, where, and what was decided', () => {
    expect(request(bytes(RECORD))).toEqual({
      method: 'GET',
      target: '/sun/airflow/api/v2/variables',
      host: undefined,
      status: 403,
      decision: 'denied',
      caller: { kind: 'known', role: 'WORKSPACE_VIEWER', credential: 'bearer', unavailable: [] },
      place: { deployment: 'sun', service: 'airflow' },
      rule: 'task-log',
    });
  });

  it.each([
    { name: 'nobody', facts: {}, reason: 'no-credential', caller: { kind: 'anonymous' } },
    {
      name: 'a refused token',
      facts: { credential_error: 'expired' },
      reason: 'bad-credential',
      caller: { kind: 'rejected', code: 'expired' },
    },
    { name: 'two credentials', facts: {}, reason: 'ambiguous-credential', caller: { kind: 'ambiguous' } },
    { name: 'keys away', facts: {}, reason: 'identity-unavailable', caller: { kind: 'unverifiable' } },
  ])('tells $name from a person', ({ facts, reason, caller }) => {
    const { user: _, ...anonymous } = RECORD;
    const record = { ...anonymous, auth_proxy: facts, event: { action: 'request-denied', reason } };
    expect(request(bytes(record)).caller).toEqual(caller);
  });

  it('keeps that a source did not answer, and that a cookie was refused for its origin', () => {
    const auth_proxy = { ...RECORD.auth_proxy, role: undefined, unavailable: ['redis'] };
    const event = { action: 'request-denied', reason: 'cross-site' };
    expect(request(bytes({ ...RECORD, auth_proxy, event })).caller).toEqual({
      kind: 'known',
      role: undefined,
      credential: 'cookie',
      unavailable: ['redis'],
    });
  });

  it.each([
    { reason: 'permission-held', decision: 'allowed' },
    { reason: 'upstream-timeout', decision: 'allowed' },
    { reason: 'no-role', decision: 'denied' },
    { reason: 'ambiguous-target', decision: 'neither' },
    { reason: 'overloaded', decision: 'neither' },
  ])('reads the reason $reason as $decision', ({ reason, decision }) => {
    const event = { action: 'request-denied', reason };
    expect(request(bytes({ ...RECORD, event })).decision).toBe(decision);
  });

  it('gets the bytes of the path back', () => {
    const url = { path: '/a\\\\b\\xC3\\xA9\\u{1F600}' };
    expect(request(bytes({ ...RECORD, url })).target).toBe('/a\\b\xc3\xa9\u{1F600}');
  });

  it.each([
    { name: 'a sign-in', change: { event: { action: 'sign-in' } } },
    { name: 'a message that never became a request', change: { url: { path: '' } } },
  ])('passes over $name', ({ change }) => {
    expect(read(bytes({ ...RECORD, ...change })).kind).toBe('other');
  });

  it.each([
    { name: 'a path that was cut', change: { url: { path: '/a[cut, 9000 characters]' } } },
    { name: 'no path', change: { url: {} } },
    {
      name: 'a status that is text',
      change: { http: { request: { method: 'GET' }, response: { status_code: '403' } } },
    },
  ])('cannot be read with $name', ({ change }) => {
    expect(read(bytes({ ...RECORD, ...change })).kind).toBe('unreadable');
  });
});

describe('a line of an access log', () => {
  it.each([
    {
      name: 'common',
      line: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /home?x=1 HTTP/1.0" 200 2326',
      found: { method: 'GET', target: '/home?x=1', status: 200, decision: 'allowed', host: undefined },
    },
    {
      name: 'combined',
      line: '::1 - - [22/Nov/2026:17:00:00 +0000] "POST /a HTTP/1.1" 403 12 "http://h/" "curl \\"7\\""',
      found: { method: 'POST', target: '/a', status: 403, decision: 'denied', host: undefined },
    },
    {
      name: 'combined, with what nginx escaped',
      line: '::1 - - [22/Nov/2026:17:00:00 +0000] "GET /a\\x22\\xC3\\xA9 HTTP/1.1" 404 -',
      found: { method: 'GET', target: '/a"\xc3\xa9', status: 404, decision: 'neither', host: undefined },
    },
    {
      name: 'nginx JSON with its variables',
      line: bytes({
        request_method: 'GET',
        request_uri: '/é?x',
        status: '302',
        http_host: 'Gate.example.com',
      }),
      found: {
        method: 'GET',
        target: '/\xc3\xa9?x',
        status: 302,
        decision: 'allowed',
        host: 'gate.example.com',
      },
    },
    {
      name: 'nginx JSON with the request line',
      line: bytes({ request: 'DELETE /a b HTTP/2.0', status: 401 }),
      found: { method: 'DELETE', target: '/a b', status: 401, decision: 'denied', host: undefined },
    },
    {
      name: 'Caddy',
      line: bytes({ request: { method: 'GET', uri: '/a', host: 'h' }, status: 200 }),
      found: { method: 'GET', target: '/a', status: 200, decision: 'allowed', host: 'h' },
    },
    {
      name: 'Envoy',
      line: bytes({ method: 'GET', path: '/a', response_code: 503, authority: 'h' }),
      found: { method: 'GET', target: '/a', status: 503, decision: 'neither', host: 'h' },
    },
  ])('is read: $name', ({ line, found }) => {
    expect(request(line)).toMatchObject({ ...found, caller: { kind: 'unsaid' }, place: undefined });
  });

  it.each([
    { name: 'nothing we know', line: 'Nov 22 17:00:00 host kernel: hello' },
    { name: 'a TLS hello', line: '::1 - - [t] "\\x16\\x03\\x01" 400 0 "-" "-"' },
    { name: 'an empty request', line: '::1 - - [t] "-" 400 0 "-" "-"' },
    { name: 'broken JSON', line: '{"request_method":' },
    { name: 'JSON of something else', line: '{"level":"info"}' },
    { name: 'JSON without a status', line: '{"request_method":"GET","request_uri":"/"}' },
    { name: 'a status that cannot be', line: '{"request_method":"GET","request_uri":"/","status":99}' },
    { name: 'a line that was too long', line: undefined },
  ])('is named where it is $name', ({ line }) => {
    expect(read(line)).toEqual({ kind: 'unreadable', why: expect.any(String) });
  });

  it('costs a hostile line no more than its length', () => {
    const started = performance.now();
    read(`a b ${'c ['.repeat(20_000)}`);
    read(`a b c [t] "${'\\x'.repeat(30_000)}`);
    read(`{"request":${JSON.stringify(`GET ${' '.repeat(60_000)}`)},"status":200}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
