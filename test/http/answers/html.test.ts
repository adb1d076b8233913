import { describe, expect, it } from '@jest/globals';
import { html, trustedMarkup } from '../../../src/http/answers/html.js';

describe('html', () => {
  it('escapes values in text and in quoted attributes', () => {
    const value = `<b>&"'\``;
    expect(html`<a href="${value}">${value}</a>`.markup).toBe(
      '<a href="&lt;b&gt;&amp;&quot;&#39;&#96;">&lt;b&gt;&amp;&quot;&#39;&#96;</a>',
    );
  });

  it('takes markup of its own kind, alone and in lists, and leaves undefined out', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${undefined}${html`<hr>`}${3}`.markup).toBe(
      '<ul><li>a</li><li>&lt;</li></ul><hr>3',
    );
  });

  it('replaces what HTML or UTF-8 cannot hold', () => {
    expect(html`${'\u0000\u001b\ud800'}`.markup).toBe('\ufffd\ufffd\ufffd');
    expect(html`${'\ud83d\ude00 é\n'}`.markup).toBe('\ud83d\ude00 é\n');
  });

  it('lets text of our own source stand', () => {
    expect(html`${trustedMarkup('a>b')}`.markup).toBe('a>b');
  });
});
