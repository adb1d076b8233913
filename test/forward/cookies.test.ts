import { describe, expect, it } from '@jest/globals';
import { toClientSetCookie, toUpstreamCookies } from '../../src/forward/cookies.js';
import { compilePlace } from '../../src/forward/place.js';
import { COMPILED, PLACE, UPSTREAM_ORIGIN } from './fixtures.js';

describe('cookies for the upstream', () => {
  it.each([
    ['keeps ordinary pairs as they are', ['a=1; b="2;3"; c=x=y'], 'a=1; b="2; c=x=y'],
    ['drops `_token`', ['_token=x; a=1'], 'a=1'],
    ['drops `_token` with blanks and tabs around its name', ['a=1;\t _token \t=x'], 'a=1'],
    ['drops `_token` behind U+00A0, which Python strips', ['a=1; \xa0_token=x'], 'a=1'],
    ['drops `_token` behind U+0085', ['a=1;\x85_token=x'], 'a=1'],
    ['drops a pair without a name', ['=_token=x; a=1'], 'a=1'],
    ['drops a name without a value', ['_token; a=1'], 'a=1'],
    ['drops `_token` inside what looks like a quoted value', ['q="; _token=x; r="; a=1'], 'q="; r="; a=1'],
    ['compares names exactly', ['_TOKEN=1; platform_token2=2'], '_TOKEN=1; platform_token2=2'],
    ['drops every copy of a protected cookie', ['platform_token=1; platform_token=2'], undefined],
    ['has nothing for nothing', [''], undefined],
    ['joins several lines', ['a=1', 'b=2'], 'a=1; b=2'],
  ])('%s', (_name, lines, expected) => {
    expect(toUpstreamCookies(lines, COMPILED)).toBe(expected);
  });

  it('sends a bound cookie under its upstream name, and nobody else`s', () => {
    const bindings = [{ upstream: 'session', client: 'session.ada1' }];
    const line = 'session=raw; session.eve2=eve; session.ada1=ada; sessions=kept';
    expect(toUpstreamCookies([line], COMPILED, bindings)).toBe('session=ada; sessions=kept');
  });

  it('drops further names on request', () => {
    const place = compilePlace({ ...PLACE, dropCookies: ['session'] }, UPSTREAM_ORIGIN);
    expect(toUpstreamCookies(['session=1; a=2'], place)).toBe('a=2');
    expect(toClientSetCookie('session=1', place)).toBeUndefined();
  });
});

describe('Set-Cookie for the caller', () => {
  it.each([
    [
      'confines Airflow 2`s session to the service',
      'session=abc; Expires=Wed, 01 Jan 2031 00:00:00 GMT; HttpOnly; Path=/; SameSite=Lax',
      'session=abc; Expires=Wed, 01 Jan 2031 00:00:00 GMT; HttpOnly; SameSite=Lax; Path=/quasar/airflow',
    ],
    ['keeps a path within the service', 'a=1; Path=/quasar/airflow/home', 'a=1; Path=/quasar/airflow/home'],
    ['refuses a path that only begins alike', 'a=1; Path=/quasar/airflowx/', 'a=1; Path=/quasar/airflow'],
    ['gives a path where there is none', '_xsrf=2|a', '_xsrf=2|a; Path=/quasar/airflow'],
    ['lets the last Path count', 'a=1; path=/quasar/airflow/x; PATH=/', 'a=1; Path=/quasar/airflow'],
    [
      'drops Domain in any spelling',
      'a=1; dOmAiN =.example.com; Secure',
      'a=1; Secure; Path=/quasar/airflow',
    ],
    ['drops `_token`', '_token=x; Path=/quasar/airflow', undefined],
    ['drops the deletion of `_token` too', '_token=""; Max-Age=0; Path=/', undefined],
    ['drops our cookie', 'platform_token=evil', undefined],
    ['drops our cookie behind blanks', ' platform_token =evil', undefined],
    ['drops a nameless cookie, which comes back as its value', '=_token=x', undefined],
    ['drops a bare value', '_token', undefined],
    ['keeps an empty value', 'a=; Max-Age=0', 'a=; Max-Age=0; Path=/quasar/airflow'],
  ])('%s', (_name, line, expected) => {
    expect(toClientSetCookie(line, COMPILED)).toBe(expected);
  });

  it('hands a bound cookie out under its client name', () => {
    const bindings = [{ upstream: 'session', client: 'session.ada1' }];
    expect(toClientSetCookie('session=x', COMPILED, bindings)).toBe('session.ada1=x; Path=/quasar/airflow');
  });

  it('uses / for a service that owns its host', () => {
    const place = compilePlace({ ...PLACE, path: '/' }, UPSTREAM_ORIGIN);
    expect(toClientSetCookie('a=1; Path=/x', place)).toBe('a=1; Path=/x');
    expect(toClientSetCookie('a=1', place)).toBe('a=1; Path=/');
  });
});
