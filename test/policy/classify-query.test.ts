import { describe, expect, it } from '@jest/globals';
import { classify } from '../../src/policy/classify.js';
import { compileRoutes } from '../../src/policy/compile.js';
import { createDemand, grantsFor } from '../../src/policy/grants.js';
import { parseTarget } from '../../src/policy/target/parse.js';
import { catalogRule } from '../support/rules.js';

const version = { major: 3, minor: 3, patch: 2 };
const routes = compileRoutes({
  rules: [
    catalogRule({ id: 'open', paths: ['/open'] }),
    catalogRule({ id: 'exact', paths: ['/exact'], query: { mode: 'full' } }),
    catalogRule({ id: 'exact-else', paths: ['/exact'] }),
    catalogRule({ id: 'only', paths: ['/only'], query: { mode: 'full' } }),
    catalogRule({ id: 'tail', paths: ['/keys/{key*}'] }),
    catalogRule({ id: 'one', paths: ['/keys/{key}/value'] }),
  ],
  version,
  demandOf: createDemand(grantsFor({ airflow: version, flower: undefined })),
});

function read(raw: string): string {
  const parsed = parseTarget(raw);
  if (parsed.kind === 'ambiguous') return `refused: ${parsed.detail}`;
  const match = classify({ routes, method: 'GET', target: parsed.target, prefixLength: 0 });
  if (match.kind === 'matched') return match.rule.id;
  return match.kind === 'ambiguous' ? `ambiguous: ${match.detail}` : match.kind;
}

describe('a rule that a query selects', () => {
  it.each([
    ['the value it names', '/exact?mode=full', 'exact'],
    ['the value in escapes', '/exact?mode=%66ull', 'exact'],
    ['the value among other pairs', '/exact?a=1&mode=full&b=2', 'exact'],
    ['another value', '/exact?mode=half', 'exact-else'],
    ['a longer value', '/exact?mode=fuller', 'exact-else'],
    ['the value under another key', '/exact?other=full', 'exact-else'],
    ['no query', '/exact', 'exact-else'],
    ['an empty query', '/exact?', 'exact-else'],
    ['other keys given twice', '/exact?a=1&a=2', 'exact-else'],
    ['other keys given twice beside its own', '/exact?a=1&a=2&mode=full', 'exact'],
    ['its key given twice', '/exact?mode=full&mode=half', 'ambiguous: query key `mode` given twice'],
    ['nothing else at its shape, and another value', '/only?mode=half', 'unmatched'],
    ['nothing else at its shape, and no query', '/only', 'unmatched'],
  ])('with %s', (_, raw, expected) => {
    expect(read(raw)).toBe(expected);
  });
});

describe('a rule without one', () => {
  it.each([
    ['a semicolon', '/open?a=1;b=2'],
    ['keys given twice', '/open?a=1&a=2'],
    ['no query', '/open'],
  ])('takes %s', (_, raw) => {
    expect(read(raw)).toBe('open');
  });
});

describe('an empty part', () => {
  it('behind an encoded slash is no parameter, only part of a tail', () => {
    expect(read('/keys/x/value')).toBe('one');
    expect(read('/keys/a%2F/value')).toBe('tail');
    expect(read('/keys/%2Fvalue')).toBe('tail');
  });
});
