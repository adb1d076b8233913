import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createUrlKeySet } from '../../src/credentials/jwks-url.js';
import type { KeySetEvent } from '../../src/credentials/key-set.js';
import { ecKey, edKey } from './tokens.js';

const A = edKey('a');
const B = ecKey('b');
const serve =
  (...keys: object[]): RequestListener =>
  (_request, response) =>
    response.end(JSON.stringify({ keys }));

let server: Server;
let listener: RequestListener;
let requests: number;
let nowMs: number;
let events: KeySetEvent[];

beforeEach(async () => {
  requests = 0;
  nowMs = 0;
  events = [];
  listener = serve(A.jwk);
  server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(path = '/jwks') {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return createUrlKeySet({ url, onEvent: (event) => events.push(event), monotonicNow: () => nowMs });
}

describe('createUrlKeySet', () => {
  it('fetches on first use, once for many callers', async () => {
    const set = open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => set.find('EdDSA', 'a')));
    expect(answers.every((answer) => answer.kind === 'found')).toBe(true);
    expect(requests).toBe(1);
  });

  it('fetches for unknown kids at most every 30 seconds', async () => {
    const set = open();
    await set.ready();
    for (let i = 0; i < 100; i++) expect((await set.find('EdDSA', `x${i}`)).kind).toBe('none');
    expect(requests).toBe(1);
    listener = serve(A.jwk, B.jwk);
    nowMs += 30_000;
    expect((await set.find('ES256', 'b')).kind).toBe('found');
    for (let i = 0; i < 100; i++) await set.find('EdDSA', `y${i}`);
    expect(requests).toBe(2);
  });

  it('does not let known kids wait for the fetch an unknown one asked for', async () => {
    const set = open();
    await set.ready();
    nowMs += 30_000;
    let release = () => {};
    listener = (request, response) => {
      release = () => serve(A.jwk, B.jwk)(request, response);
    };
    const unknown = set.find('ES256', 'b');
    expect((await set.find('EdDSA', 'a')).kind).toBe('found');
    while (requests < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    release();
    expect((await unknown).kind).toBe('found');
  });

  it('refreshes in the background after 600 seconds, so that a removed key goes', async () => {
    const set = open();
    await set.ready();
    const before = set.generation();
    listener = serve(B.jwk);
    nowMs += 600_000;
    expect((await set.find('EdDSA', 'a')).kind).toBe('found');
    await set.find('ES256', 'b');
    expect((await set.find('EdDSA', 'a')).kind).toBe('none');
    expect(set.generation()).not.toBe(before);
  });

  it('keeps the last good keys for an hour of outage and not longer', async () => {
    const set = open();
    await set.ready();
    listener = (_request, response) => response.writeHead(500).end();
    nowMs += 3_599_000;
    expect((await set.find('EdDSA', 'a')).kind).toBe('found');
    nowMs += 6000;
    expect(set.generation()).toBeUndefined();
    expect(await set.find('EdDSA', 'a')).toMatchObject({ kind: 'unavailable' });
    listener = serve(A.jwk);
    nowMs += 5000;
    expect((await set.find('EdDSA', 'a')).kind).toBe('found');
  });

  it.each<[string, RequestListener, RegExp]>([
    ['500', (_q, r) => r.writeHead(500).end('{"keys":[]}'), /answered 500/],
    ['a redirect', (_q, r) => r.writeHead(302, { location: '/elsewhere' }).end(), /answered 302/],
    ['HTML', (_q, r) => r.end('<html>'), /not JSON/],
    ['no keys', (_q, r) => r.end('{"keys":[]}'), /no usable key/],
    ['more than 1 MiB', (_q, r) => r.end('x'.repeat(1024 * 1024 + 1)), /1 MiB/],
    ['a broken connection', (q) => q.socket.destroy(), /fetch failed/],
  ])('accepts nobody on %s', async (_name, broken, message) => {
    listener = broken;
    const set = open();
    expect(await set.ready()).toBe(false);
    expect(await set.find('EdDSA', 'a')).toMatchObject({
      kind: 'unavailable',
      cause: expect.stringMatching(message),
    });
    expect(requests).toBe(1);
    expect(events[0]?.kind).toBe('failed');
  });

  it('leaves the query of its URL out of messages', async () => {
    listener = (_request, response) => response.writeHead(500).end();
    await open('/jwks?key=secret').ready();
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it.each([
    'http://platform.example.com/jwks',
    'ftp://127.0.0.1/jwks',
    'file:///etc/passwd',
    'http://127.0.0.1.evil.com/',
    'jwks',
  ])('does not accept the URL %s', (url) => {
    expect(() => createUrlKeySet({ url })).toThrow(/https/);
  });

  it.each(['https://platform.example.com/jwks', 'http://localhost:1/jwks', 'http://[::1]:1/jwks'])(
    'accepts the URL %s',
    (url) => {
      expect(createUrlKeySet({ url }).find).toBeInstanceOf(Function);
    },
  );
});
