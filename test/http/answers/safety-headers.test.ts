import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { html } from '../../../src/http/answers/html.js';
import { renderPage } from '../../../src/http/answers/page.js';
import { SAFETY_HEADERS, safetyHeaders } from '../../../src/http/answers/safety-headers.js';

describe('safetyHeaders', () => {
  it('are helmet’s, without HSTS and without upgrading to https', () => {
    expect(Object.keys(SAFETY_HEADERS).toSorted()).toEqual([
      'content-security-policy',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'origin-agent-cluster',
      'referrer-policy',
      'x-content-type-options',
      'x-dns-prefetch-control',
      'x-download-options',
      'x-frame-options',
      'x-permitted-cross-domain-policies',
      'x-xss-protection',
    ]);
    expect(SAFETY_HEADERS).toMatchObject({
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it('allow the page’s one style by its hash and nothing else', () => {
    const page = renderPage({ heading: 'x', content: html``, requestId: undefined });
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(SAFETY_HEADERS['content-security-policy']).toBe(
      `default-src 'none';style-src 'sha256-${hash}';img-src data:;base-uri 'none';form-action 'self';frame-ancestors 'none'`,
    );
  });

  it('add the one place a form may lead to', () => {
    const headers = safetyHeaders({ formTargets: ['https://platform.example.com'] });
    expect(headers['content-security-policy']).toContain("form-action 'self' https://platform.example.com;");
  });
});
