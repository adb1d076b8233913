import { describe, expect, it } from '@jest/globals';
import { changesState, judgeOrigin, type OriginInput } from '../../src/policy/origin.js';

const own = 'https://airflow.example.com';
const input = (fields: Partial<OriginInput>): OriginInput => ({
  method: 'POST',
  effect: 'write',
  origin: undefined,
  referer: undefined,
  secFetchSite: undefined,
  ownOrigins: [own, 'http://localhost:8084'],
  serviceAt: (path) => (path.startsWith('/one/') ? 'own' : path.startsWith('/two/') ? 'other' : 'none'),
  ...fields,
});

describe('judgeOrigin', () => {
  it.each<[string, Partial<OriginInput>, boolean]>([
    ['our origin', { origin: own }, true],
    ['another of our origins', { origin: 'http://localhost:8084' }, true],
    ['our origin in upper case', { origin: 'https://AIRFLOW.example.com' }, true],
    ['a sibling', { origin: 'https://other.example.com' }, false],
    ['our host by http', { origin: 'http://airflow.example.com' }, false],
    ['our host at another port', { origin: `${own}:8443` }, false],
    ['our origin as a prefix', { origin: `${own}.evil.example` }, false],
    ['a sandboxed frame', { origin: 'null' }, false],
    ['a sandboxed frame that says same-origin', { origin: 'null', secFetchSite: 'same-origin' }, false],
    [
      'a foreign origin that says same-origin',
      { origin: 'https://evil.example', secFetchSite: 'same-origin' },
      false,
    ],
    ['no Origin, same-origin', { secFetchSite: 'same-origin' }, true],
    ['no Origin, same-site', { secFetchSite: 'same-site' }, false],
    ['no Origin, cross-site', { secFetchSite: 'cross-site' }, false],
    ['no Origin, none', { secFetchSite: 'none' }, false],
    ['no Origin and nothing else', {}, false],
    ['no Origin and a Referer of ours', { referer: `${own}/one/airflow/` }, false],
    ['our origin, but the page of another service', { origin: own, referer: `${own}/two/airflow/` }, false],
    [
      'same-origin, but the page of another service',
      { secFetchSite: 'same-origin', referer: `${own}/two/airflow/` },
      false,
    ],
    ['our origin and our own pages', { origin: own, referer: `${own}/` }, true],
    ['our origin and a Referer that is none', { origin: own, referer: 'about:client' }, true],
    ['a write by GET from our page', { method: 'GET', secFetchSite: 'same-origin' }, true],
    ['a write by GET typed by hand', { method: 'GET', secFetchSite: 'none' }, true],
    ['a write by GET from a sibling', { method: 'GET', secFetchSite: 'same-site' }, false],
    ['a write by GET from elsewhere', { method: 'GET', secFetchSite: 'cross-site' }, false],
    [
      'a write by GET of an old browser from our page',
      { method: 'GET', referer: `${own}/one/airflow/home` },
      true,
    ],
    ['a write by GET of an old browser from our front page', { method: 'GET', referer: `${own}/` }, false],
    [
      'a write by GET of an old browser from elsewhere',
      { method: 'GET', referer: 'https://evil.example/one/airflow/' },
      false,
    ],
    ['a write by GET with nothing said', { method: 'GET' }, false],
    ['a write by HEAD with nothing said', { method: 'HEAD' }, false],
    [
      'a write by GET from another service',
      { method: 'GET', secFetchSite: 'same-origin', referer: `${own}/two/airflow/` },
      false,
    ],
  ])('judges %s', (_, fields, same) => {
    expect(judgeOrigin(input(fields)).kind).toBe(same ? 'same-origin' : 'foreign');
  });

  it('names both origins in the refusal', () => {
    expect(judgeOrigin(input({ origin: 'https://evil.example' }))).toEqual({
      kind: 'foreign',
      detail: '`Origin: https://evil.example` is not `https://airflow.example.com`',
    });
  });
});

describe('changesState', () => {
  it.each([
    ['GET', 'read', false],
    ['GET', 'form', false],
    ['GET', 'write', true],
    ['HEAD', 'write', true],
    ['POST', 'read', true],
    ['DELETE', 'write', true],
  ] as const)('%s with effect %s: %s', (method, effect, expected) => {
    expect(changesState(method, effect)).toBe(expected);
  });
});
