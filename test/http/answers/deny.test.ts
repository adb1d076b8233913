import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DENIAL_STATUS, type DenyReason } from '../../../src/domain/denial.js';
import { DENIAL_WORDS, type DenialWords } from '../../../src/http/answers/denial-words.js';
import { type DenialInput, renderDenial } from '../../../src/http/answers/deny.js';
import type { Surface } from '../../../src/http/answers/negotiate.js';

const REASONS = Object.keys(DENIAL_STATUS) as DenyReason[];
const SURFACES: readonly Surface[] = ['html', 'airflow-v1', 'json'];

/** Everything there is to know about a denial, hostile where it can be. */
function denial(changes: Partial<DenialInput> = {}): DenialInput {
  return {
    reason: 'insufficient-permission',
    surface: 'json',
    requestId: 'req-1',
    permission: 'deployment.airflow.taskLog.get',
    role: 'WORKSPACE_VIEWER',
    workspaceLabel: 'Data <team>',
    supportContact: 'help@example.com',
    authPath: '/quasarian-sun-1234/airflow/.auth',
    homePath: '/quasarian-sun-1234/airflow/',
    ...changes,
  };
}

function golden(name: string): string {
  return readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8');
}

function withoutStyle(page: string): string {
  return page.replace(/<style>[^<]*<\/style>/, '<style></style>');
}

describe('renderDenial', () => {
  it('answers programs in JSON that Airflow 3 shows in place', () => {
    const { status, headers, body } = renderDenial(denial());
    expect(status).toBe(403);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toBe(
      '{"detail":"Access is Denied","reason":"insufficient-permission","request_id":"req-1",' +
        '"permission":"deployment.airflow.taskLog.get","role":"WORKSPACE_VIEWER"}',
    );
  });

  it('answers clients of /api/v1 in the shape of Airflow 2', () => {
    const { headers, body } = renderDenial(denial({ surface: 'airflow-v1' }));
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toBe(
      '{"detail":"Access is Denied","status":403,"title":"Forbidden",' +
        '"type":"https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html#section/Errors/PermissionDenied",' +
        '"reason":"insufficient-permission","request_id":"req-1",' +
        '"permission":"deployment.airflow.taskLog.get","role":"WORKSPACE_VIEWER"}',
    );
  });

  it.each<[DenyReason, Partial<DenialInput>]>([
    ['insufficient-permission', {}],
    ['no-role', {}],
    ['never-exposed', { permission: undefined, role: 'SYSTEM_ADMIN', supportContact: undefined }],
    ['cross-site', { detail: 'origin `https://evil.example` is not `https://airflow.example.com`' }],
    ['bad-credential', {}],
    ['ambiguous-target', { detail: 'a dot segment' }],
    ['target-too-long', { detail: 'more than 4000 bytes' }],
    ['assertion-refused', { supportContact: 'https://help.example.com/airflow' }],
    ['role-unavailable', {}],
    ['upstream-timeout', { supportContact: 'the platform team' }],
  ])('gives people a page for %s', (reason, changes) => {
    const { status, headers, body } = renderDenial(denial({ reason, surface: 'html', ...changes }));
    expect(status).toBe(DENIAL_STATUS[reason]);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(withoutStyle(body)).toBe(golden(`${reason}.html`));
  });

  it.each(REASONS)('answers %s with its status on every surface, whole and uncached', (reason) => {
    for (const surface of SURFACES) {
      const { status, headers, body } = renderDenial(denial({ reason, surface }));
      expect(status).toBe(DENIAL_STATUS[reason]);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-length': String(Buffer.byteLength(body)),
        'content-type': expect.stringContaining('charset=utf-8'),
        'referrer-policy': 'same-origin',
        'x-auth-proxy-reason': reason,
        'x-content-type-options': 'nosniff',
        'x-request-id': 'req-1',
      });
      if (status === 403) expect(body).toContain('Access is Denied');
      if (surface !== 'html' && status === 403) expect(JSON.parse(body).detail).toBe('Access is Denied');
      if (surface === 'html') {
        expect(body.match(/<h1>/g)).toHaveLength(1);
        expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
        expect(body).not.toContain('<script');
      }
    }
  });

  it('asks for a credential on 401 only, and never says what was wrong with it', () => {
    const challenges = REASONS.map((reason) => renderDenial(denial({ reason, detail: 'expired' })));
    for (const { status, headers, body } of challenges) {
      const challenge = headers['www-authenticate'];
      if (status === 401) {
        expect(challenge).toMatch(/^Bearer /);
        expect(`${challenge}${body}`).not.toContain('expired');
      } else if (headers['x-auth-proxy-reason'] !== 'ambiguous-credential') expect(challenge).toBeUndefined();
    }
  });

  it('says when to ask again on 503 only', () => {
    for (const reason of REASONS) {
      const { status, headers } = renderDenial(denial({ reason }));
      expect(headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    }
  });

  it('says what is allowed on 405', () => {
    expect(renderDenial(denial({ reason: 'method-not-allowed' })).headers.allow).toContain('GET');
  });

  it.each<DenyReason>(['ambiguous-target', 'headers-too-large', 'target-too-long', 'body-too-long'])(
    'closes the connection after %s',
    (reason) => {
      expect(renderDenial(denial({ reason })).headers.connection).toBe('close');
    },
  );

  it('keeps the connection after a denial that is about a role', () => {
    expect(renderDenial(denial()).headers).not.toHaveProperty('connection');
  });

  it.each(SURFACES)('gives the same bytes for no role here and nothing there, on %s', (surface) => {
    const here = renderDenial(denial({ reason: 'no-role', surface, detail: 'not a member', requestId: 'a' }));
    const { body, headers } = renderDenial({
      reason: 'no-role',
      surface: surface === 'airflow-v1' ? 'json' : surface,
      requestId: 'b',
      supportContact: 'help@example.com',
    });
    expect(here.body).toBe(body);
    expect({ ...here.headers, 'x-request-id': '' }).toEqual({ ...headers, 'x-request-id': '' });
  });

  it.each(REASONS.filter((reason) => (DENIAL_WORDS[reason] as DenialWords).audience === 'outsider'))(
    'tells nothing of the Deployment with %s',
    (reason) => {
      for (const surface of SURFACES) {
        const { body, headers } = renderDenial(denial({ reason, surface }));
        expect(`${body}${headers['content-type']}`).not.toMatch(
          /taskLog|VIEWER|Viewer|team|problem|quasarian/,
        );
      }
    },
  );

  it('names the misconfiguration when the upstream refuses our own identity', () => {
    const body = JSON.parse(renderDenial(denial({ reason: 'assertion-refused', detail: 'audience' })).body);
    expect(body).toMatchObject({
      detail: expect.stringContaining('check the identity settings on both sides'),
      explanation: 'audience',
    });
  });

  it('escapes whatever it is given', () => {
    const hostile = fc.string({ unit: 'grapheme' }).map((text) => `"><svg onload=x>'\`&${text}<script>`);
    fc.assert(
      fc.property(hostile, fc.constantFrom(...REASONS), (text, reason) => {
        const { body } = renderDenial({
          reason,
          surface: 'html',
          requestId: text,
          role: 'WORKSPACE_VIEWER',
          workspaceLabel: text,
          supportContact: text,
          detail: text,
          authPath: text,
          homePath: text,
        });
        expect(body).not.toMatch(/<svg|<script/);
        expect(body.replaceAll(/"[^"]*"/g, '')).not.toContain('onload=x>');
      }),
    );
  });

  it('never makes a link of a contact that is not a mail address or an https URL', () => {
    const { body } = renderDenial(denial({ surface: 'html', supportContact: 'javascript:alert(1)' }));
    expect(body).toContain('<dd>javascript:alert(1)</dd>');
  });
});
