import { describe, expect, it } from '@jest/globals';
import { isLoopback } from '../../src/config/schema/is-loopback.js';
import { formatListen, parseListen } from '../../src/config/schema/primitives.js';

describe('parseListen', () => {
  it.each([
    { written: '127.0.0.1:8084', address: { host: '127.0.0.1', port: 8084 } },
    { written: '[::1]:0', address: { host: '::1', port: 0 } },
    { written: 'localhost:65535', address: { host: 'localhost', port: 65_535 } },
  ])('reads $written, and it can be written back', ({ written, address }) => {
    expect(parseListen(written)).toEqual(address);
    expect(formatListen(address)).toBe(written);
  });

  it.each([
    '',
    ':8084',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '256.0.0.1:1',
    '[127.0.0.1]:1',
    '::1:80',
    'a b:1',
    'http://a:1',
    '127.0.0.1:1 ',
  ])('refuses `%s`', (written) => {
    expect(parseListen(written)).toBeUndefined();
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.255.0.1', '::1', '[::1]', 'localhost', 'LOCALHOST'])('holds for %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.1.example.com',
    'localhost.example.com',
    '127.example.com',
    '',
  ])('does not hold for `%s`', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
