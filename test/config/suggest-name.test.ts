import { describe, expect, it } from '@jest/globals';
import { suggestName } from '../../src/config/suggest-name.js';

const KNOWN = ['listen', 'adminListen', 'publicUrl', 'audit', 'id'];

describe('suggestName', () => {
  it.each([
    { written: 'lisen', meant: 'listen' },
    { written: 'listenn', meant: 'listen' },
    { written: 'audti', meant: 'audit' },
    { written: 'admin_listen', meant: 'adminListen' },
    { written: 'ADMIN-LISTEN', meant: 'adminListen' },
    { written: 'publicURL', meant: 'publicUrl' },
    { written: 'publicUri', meant: 'publicUrl' },
    { written: 'ids', meant: 'id' },
    { written: 'banana', meant: undefined },
    { written: 'x', meant: undefined },
    { written: '', meant: undefined },
  ])('of `$written` is $meant', ({ written, meant }) => {
    expect(suggestName(written, KNOWN)).toBe(meant);
  });

  it('is nothing where nothing is known', () => {
    expect(suggestName('listen', [])).toBeUndefined();
  });
});
