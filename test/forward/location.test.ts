import { describe, expect, it } from '@jest/globals';
import { rewriteLocation } from '../../src/forward/location.js';
import { compilePlace } from '../../src/forward/place.js';
import { COMPILED, PLACE, UPSTREAM_ORIGIN } from './fixtures.js';

function rewrite(value: string, host = 'airflow.example.com'): string {
  return rewriteLocation(value, COMPILED, host, '/quasar/airflow/home?x=1');
}

const SAFE = '/quasar/airflow/';

describe('Location', () => {
  it.each([
    [
      'the upstream`s authority',
      'http://127.0.0.1:8080/quasar/airflow/?a=%2F#f',
      'https://airflow.example.com/quasar/airflow/?a=%2F#f',
    ],
    [
      'our host over http (Airflow 3 behind https)',
      'http://airflow.example.com/quasar/airflow/',
      'https://airflow.example.com/quasar/airflow/',
    ],
    ['our host in capitals', 'HTTP://AIRFLOW.EXAMPLE.COM/x', 'https://airflow.example.com/x'],
    ['another public origin', 'http://localhost:8084/x', 'https://airflow.example.com/x'],
    ['an authority alone', 'http://127.0.0.1:8080', 'https://airflow.example.com/'],
    ['an authority with a query', 'http://127.0.0.1:8080?a=1', 'https://airflow.example.com/?a=1'],
    ['a network path on our host', '//airflow.example.com/x?y', 'https://airflow.example.com/x?y'],
    ['another site', 'https://logs.example.net/a?b#c', 'https://logs.example.net/a?b#c'],
    ['a path', '/quasar/airflow/login/?next=http%3A%2F%2Fh', '/quasar/airflow/login/?next=http%3A%2F%2Fh'],
    ['a relative path', 'grid?dag_id=x', 'grid?dag_id=x'],
    ['a query alone', '?page=2', '?page=2'],
    ['nothing', '', ''],
  ])('%s', (_name, value, expected) => {
    expect(rewrite(value)).toBe(expected);
  });

  it.each([
    ...[
      '//evil.example',
      '//evil.example/home',
      '///evil.example',
      '////evil.example',
      '/\\evil.example',
      '\\\\evil.example',
    ],
    ...[
      '/\t/evil.example',
      '\t//evil.example',
      ' //evil.example',
      'https:evil.example',
      'https:/evil.example',
      'https:///evil',
    ],
    ...[
      'http:\\\\evil',
      'javascript:alert(1)',
      'data:text/html,x',
      'JAVASCRIPT:x',
      'https://airflow.example.com@evil.example/',
    ],
    ...[
      'https://evil.example\\@airflow.example.com/',
      'https://[evil',
      'ftp://evil.example/',
      'https://evil.example/\r\nX: y',
    ],
  ])('%j leads to the service`s own root', (value) => {
    expect(rewrite(value)).toBe(SAFE);
  });

  it('goes back to the public origin the caller is on', () => {
    expect(rewrite('http://127.0.0.1:8080/x', 'localhost:8084')).toBe('http://localhost:8084/x');
  });

  it('has / as the root of a service that owns its host', () => {
    const place = compilePlace({ ...PLACE, path: '/' }, UPSTREAM_ORIGIN);
    expect(rewriteLocation('//evil.example', place, 'airflow.example.com', '/')).toBe('/');
  });
});

describe('a place', () => {
  it.each([
    ['no public origin', { publicOrigins: [] }],
    ['an origin with a path', { publicOrigins: ['https://h/x'] }],
    ['an origin of another scheme', { publicOrigins: ['ftp://h'] }],
    ['an origin with a user', { publicOrigins: ['https://u@h'] }],
    ['a relative path', { path: 'x' }],
    ['a path that would end a cookie attribute', { path: '/x;y' }],
  ])('with %s is refused', (_name, change) => {
    expect(() => compilePlace({ ...PLACE, ...change }, UPSTREAM_ORIGIN)).toThrow(
      expect.objectContaining({ code: 'upstream' }),
    );
  });
});
