import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkReturn } from '../../../src/http/public/return-url.js';

const OWN = 'https://airflow.example.com';
const OWNS = [OWN];

/**
 * Tricks that lead elsewhere in some browser or library. Sources: oauth2-proxy `testdata/openredirects.txt` and its
 * advisories CVE-2020-11053, CVE-2020-4037; CVE-2026-40961 (Airflow's own check of `next`).
 */
const TRICKS = [
  ...[
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
  ],
  ...[
    '/%09/evil.example',
    '/%5cevil.example',
    '/%5c%5cevil.example',
    '/%2F%2Fevil.example/..',
    '%2F%2Fevil.example',
  ],
  ...[
    'https:evil.example',
    'https:/evil.example',
    'https:/\\evil.example',
    'https://evil.example',
    'HTTPS://evil.example',
  ],
  ...[
    'http://airflow.example.com@evil.example',
    'https://airflow.example.com@evil.example/',
    'https://airflow.example.com.evil.example/',
  ],
  ...[
    'https://airflow.example.com:443@evil.example/',
    'https://airflow.example.comevil/',
    'https://airflow.example.com\\@evil.example/',
  ],
  ...[
    'https://airflow.example.com//evil.example',
    'https://airflow.example.com/\\evil.example',
    'https://AIRFLOW.example.com/x',
  ],
  ...[
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:x',
    'about:blank',
  ],
  ...[
    '/x/..//evil.example',
    '/x/../..//evil.example',
    '/./x',
    '/x/%2e%2e/y',
    '/..;/x',
    '/.;a/x',
    '/x/..%2f..',
  ],
  ...[
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r/evil.example',
    '/x\r\nLocation: https://evil.example',
    '/x%0d%0aSet-Cookie:a=b',
  ],
  ...[
    '/%00/evil.example',
    '/x%0a',
    '/%0d%0a',
    '/%E2%80%A8',
    '/%ff',
    '/%c0%af',
    '/%25%32%66',
    '/%252f%252fevil.example',
  ],
  ...[
    ' //evil.example',
    ' /x',
    '\u00a0//evil.example',
    '\u3000/x',
    '',
    ' ',
    '.',
    '..',
    './x',
    'x',
    '?x',
    '#x',
    '*',
  ],
  ...[
    '//evil.example/%2f..',
    '/〱evil.example',
    '／／evil.example',
    '/\u2215/evil.example',
    '//[::1]/',
    '//127.1',
    '/ /evil.example',
  ],
  ...[
    '/.auth/logout',
    '/d/airflow/.auth/logout',
    '/%2eauth/logout',
    '/%2Eauth%2flogout',
    'https://airflow.example.com/.auth/logout',
  ],
] as const;

describe('checkReturn', () => {
  it.each(TRICKS.map((trick) => [JSON.stringify(trick), trick]))(
    'leads home instead of %s',
    (_name, trick) => {
      expect(checkReturn(trick, OWNS)).toBe('/');
    },
  );

  it('leads home without a value, and for one that is too long', () => {
    expect(checkReturn(undefined, OWNS)).toBe('/');
    expect(checkReturn(`/${'a'.repeat(4000)}`, OWNS)).toBe('/');
  });

  it.each([
    ['/', '/'],
    ['/d/airflow/home', '/d/airflow/home'],
    ['/d/airflow/grid?dag_id=a&x=%2F%2Fevil.example', '/d/airflow/grid?dag_id=a&x=%2F%2Fevil.example'],
    [
      '/d/airflow/dags/manual__2026-01-01T00%3A00%3A00%2B00%3A00',
      '/d/airflow/dags/manual__2026-01-01T00:00:00+00:00',
    ],
    [`${OWN}/d/airflow/home#tab`, '/d/airflow/home'],
    ['/d/airflow/variable%2flist', '/d/airflow/variable%2Flist'],
  ])('leads back to %s', (value, path) => {
    expect(checkReturn(value, OWNS)).toBe(path);
  });

  it('always gives a path on our own host, whatever comes', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '/',
        '\\',
        '%2f',
        '%5c',
        '..',
        '@',
        ':',
        '//',
        'https:',
        'evil.example',
        OWN,
        '%09',
        ';',
        '#',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = checkReturn(pieces.join(''), OWNS);
        const url = new URL(path, OWN);
        expect(url.origin).toBe(OWN);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        expect(checkReturn(path, OWNS)).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});
