import { describe, expect, it } from '@jest/globals';
import { prefersHtml } from '../../../src/http/answers/negotiate.js';

const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';

describe('prefersHtml', () => {
  it.each<[string, string | undefined, boolean]>([
    ['a browser', CHROME, true],
    ['html alone', 'text/html', true],
    ['any text', 'text/*', true],
    ['html in capitals with spaces', ' TEXT/HTML ; q=0.5 ', true],
    ['html above JSON', 'application/json;q=0.5, text/html;q=0.6', true],
    ['JSON refused', 'text/html;q=0.1, application/json;q=0', true],
    ['html above the rest', 'text/html, */*;q=0.9', true],
    ['no field', undefined, false],
    ['an empty field', '', false],
    ['anything', '*/*', false],
    ['JSON alone', 'application/json', false],
    ['both alike', 'text/html, application/json', false],
    ['Airflow 3 by axios', 'application/json, text/plain, */*', false],
    ['JSON above html', 'text/html;q=0.5, application/json', false],
    ['html refused', 'text/html;q=0, */*', false],
    ['html refused more closely than text', 'text/*, text/html;q=0', false],
    ['html equal to the rest', 'text/html;q=0.8, */*;q=0.8', false],
    ['a weight that is none', 'text/html;q=high', false],
    ['a weight above one', 'text/html;q=2', false],
    ['a weight of four decimals', 'text/html;q=0.1234', false],
    ['rubbish', ';;,,//,q=1', false],
    ['a field longer than any browser sends', `text/html,${'x/y,'.repeat(2000)}`, false],
  ])('%s', (_name, accept, expected) => {
    expect(prefersHtml('GET', accept)).toBe(expected);
    expect(prefersHtml('HEAD', accept)).toBe(expected);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'get', ''])('is for navigations, not for %s', (method) => {
    expect(prefersHtml(method, CHROME)).toBe(false);
  });
});
