import { describe, expect, it } from '@jest/globals';
import { formatPath, related, valueAt } from '../../src/config/finding.js';

describe('formatPath', () => {
  it.each([
    { path: [], text: 'the file' },
    { path: ['deployments', 0, 'airflow'], text: 'deployments[0].airflow' },
    { path: ['permissions', 'A_B', 'a.b'], text: 'permissions.A_B["a.b"]' },
  ])('writes $text', ({ path, text }) => {
    expect(formatPath(path)).toBe(text);
  });
});

describe('related', () => {
  it.each([
    { a: ['x', 1], b: ['x', 1, 'y'], is: true },
    { a: ['x', 1], b: ['x'], is: true },
    { a: ['x', 1], b: ['x', 2], is: false },
    { a: [], b: ['x'], is: true },
  ])('is $is for $a and $b', ({ a, b, is }) => {
    expect(related(a, b)).toBe(is);
  });
});

describe('valueAt', () => {
  it('finds what is there and nothing that is inherited', () => {
    const data = { list: [{ key: 1 }] };
    expect(valueAt(data, ['list', 0, 'key'])).toBe(1);
    expect(valueAt(data, ['list', 1, 'key'])).toBeUndefined();
    expect(valueAt(data, ['toString'])).toBeUndefined();
    expect(valueAt(data, ['list', 'length', 'x'])).toBeUndefined();
  });
});
