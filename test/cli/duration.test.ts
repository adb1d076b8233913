import { describe, expect, it } from '@jest/globals';
import { parseDurationSeconds } from '../../src/cli/duration.js';

describe('a duration', () => {
  it.each([
    { written: '90s', seconds: 90 },
    { written: '15m', seconds: 900 },
    { written: '1h', seconds: 3600 },
    { written: '7d', seconds: 604_800 },
    { written: '999999s', seconds: 999_999 },
  ])('$written is $seconds seconds', ({ written, seconds }) => {
    expect(parseDurationSeconds(written)).toBe(seconds);
  });

  it.each([
    '',
    '1',
    'h',
    '0s',
    '01s',
    '-1h',
    '1.5h',
    '1H',
    ' 1h',
    '1h ',
    '1h\n',
    '1w',
    '1000000s',
    '1hh',
    '１h',
  ])('is not %j', (written) => expect(parseDurationSeconds(written)).toBeUndefined());
});
