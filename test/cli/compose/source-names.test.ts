import { describe, expect, it } from '@jest/globals';
import { nameSources } from '../../../src/cli/compose/source-names.js';

describe('nameSources', () => {
  it('numbers sources from the second of a kind on', () => {
    const claims = { kind: 'claims', claim: 'a' } as const;
    const file = { kind: 'file', path: '/a' } as const;
    expect(nameSources([claims, file, claims, file, claims]).map(({ name }) => name)).toEqual([
      'claims',
      'file',
      'claims-2',
      'file-2',
      'claims-3',
    ]);
  });
});
