import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { appendCookies } from '../../../src/http/public/append-cookies.js';

async function cookiesOf(headers: Record<string, string | string[]> | string[]): Promise<unknown> {
  const server = createServer((_req, res) => {
    appendCookies(res, ['s=1; Path=/', 's.1=2; Path=/']);
    res.writeHead(200, headers);
    res.end();
  });
  return (await request(server).get('/')).headers['set-cookie'];
}

describe('appendCookies', () => {
  it('adds to an answer of the upstream, and keeps what it sets itself', async () => {
    expect(await cookiesOf(['Set-Cookie', 'a=b', 'Cache-Control', 'private'])).toEqual([
      'a=b',
      's=1; Path=/',
      's.1=2; Path=/',
    ]);
  });

  it('adds to an answer of our own', async () => {
    expect(await cookiesOf({ 'cache-control': 'no-store', 'set-cookie': ['a=b'] })).toEqual([
      'a=b',
      's=1; Path=/',
      's.1=2; Path=/',
    ]);
    expect(await cookiesOf({ 'cache-control': 'no-store' })).toHaveLength(2);
  });

  it.each<[string, string[]]>([
    ['public', ['cache-control', 'public, max-age=3600']],
    ['silent about caches', ['content-type', 'text/css']],
  ])('leaves alone what a shared cache may keep: an answer that is %s', async (_name, headers) => {
    expect(await cookiesOf(headers)).toBeUndefined();
  });
});
