import { describe, expect, it } from '@jest/globals';
import { createRefusal, type UpstreamKind } from '../../src/forward/refusal.js';
import { PLACE, UPSTREAM_ORIGIN } from './fixtures.js';

function classify(upstream: UpstreamKind, status: number, raw: readonly string[] = []) {
  return createRefusal({ upstream, place: PLACE, origin: UPSTREAM_ORIGIN })({ status, raw });
}

const JSON_TYPE = ['content-type', 'application/json'];

describe('an answer to an asserted person', () => {
  it.each(['airflow3', 'airflow2', 'flower'] as const)(
    'of 401 means that %s refused our assertion',
    (upstream) => {
      expect(classify(upstream, 401)).toMatchObject({ kind: 'refused', reason: 'assertion-refused' });
    },
  );

  it('with the header of our webserver_config.py means the same', () => {
    expect(classify('airflow2', 403, ['X-Auth-Proxy-Assertion', 'refused'])).toMatchObject({
      reason: 'assertion-refused',
    });
  });

  it('names what to compare', () => {
    const verdict = classify('flower', 401);
    expect(verdict.kind === 'refused' && verdict.detail).toContain('identity.passwordFile');
  });

  it.each([
    ['airflow3', '/quasar/airflow/api/v2/auth/login?next=x'],
    ['airflow3', 'http://127.0.0.1:8080/quasar/airflow/auth/login'],
    ['airflow3', '/auth/login/'],
    ['airflow2', '/quasar/airflow/login/?next=%2Fhome'],
    ['airflow2', 'http://airflow.example.com/quasar/airflow/login'],
    ['airflow2', '//airflow.example.com/quasar/airflow/login/'],
    ['flower', '/quasar/airflow/login'],
  ] as const)('of %s that leads to %s is a denial', (upstream, location) => {
    expect(classify(upstream, 302, ['Location', location])).toMatchObject({ reason: 'upstream-denied' });
  });

  it.each([
    ['airflow2', '/quasar/airflow/home'],
    ['airflow2', '/quasar/airflow/logins/'],
    ['airflow2', 'https://idp.example.net/login'],
    ['airflow3', '/quasar/airflow/dags/auth/login'],
    ['airflow3', 'http://['],
  ] as const)('of %s that leads to %s passes', (upstream, location) => {
    expect(classify(upstream, 307, ['Location', location])).toEqual({ kind: 'pass', upstreamDenied: false });
  });

  it('that has a Location but is no redirect passes', () => {
    expect(classify('airflow2', 201, ['Location', '/login'])).toEqual({
      kind: 'pass',
      upstreamDenied: false,
    });
  });

  it.each([
    ['airflow2', []],
    ['airflow2', JSON_TYPE],
    ['flower', []],
    ['airflow3', ['content-type', 'text/html']],
    ['airflow3', [...JSON_TYPE, 'content-encoding', 'gzip']],
  ] as const)('of 403 by %s with %j passes, and is worth a record', (upstream, raw) => {
    expect(classify(upstream, 403, raw)).toEqual({ kind: 'pass', upstreamDenied: true });
  });

  describe('of 403 as JSON by airflow3', () => {
    const peek = classify('airflow3', 403, ['Content-Type', 'application/json; charset=utf-8']);
    const judge = (body: string) => (peek.kind === 'peek' ? peek.judge(Buffer.from(body)) : undefined);

    it('means a refused assertion when its detail is exactly `Invalid JWT token`', () => {
      expect(judge('{"detail":"Invalid JWT token"}')).toMatchObject({ reason: 'assertion-refused' });
    });

    it.each([
      '{"detail":"Forbidden"}',
      '{"detail":"Invalid JWT token "}',
      '{"detail":["Invalid JWT token"]}',
      'null',
      '',
      '{',
    ])('passes with %j', (body) => {
      expect(judge(body)).toEqual({ kind: 'pass', upstreamDenied: true });
    });
  });
});
