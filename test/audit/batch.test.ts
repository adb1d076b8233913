import { describe, expect, it } from '@jest/globals';
import { createBatch } from '../../src/audit/batch.js';
import { CHAIN_START } from '../../src/audit/chain.js';
import { sampleRecord } from './samples.js';

const QUEUED = [1, 2, 3].map((number) => ({ record: sampleRecord(number), dropped: 0 }));

describe('createBatch', () => {
  it('goes on from the very byte where a write stopped', () => {
    const whole = createBatch(QUEUED, CHAIN_START, false).bytes();
    for (const step of [1, 7, 500, 100_000]) {
      const batch = createBatch(QUEUED, CHAIN_START, false);
      const pieces: Buffer[] = [];
      let completed = 0;
      while (batch.unwritten().length > 0) {
        const piece = batch.bytes().subarray(0, step);
        pieces.push(piece);
        completed += batch.took(piece.length);
      }
      expect(Buffer.concat(pieces)).toEqual(whole);
      expect(completed).toBe(3);
      expect(batch.reached()).toEqual(batch.last);
    }
  });

  it('counts a record as unwritten until its newline is taken', () => {
    const batch = createBatch(QUEUED, CHAIN_START, false);
    const firstLine = batch.bytes().indexOf(0x0a);
    expect(batch.took(firstLine)).toBe(0);
    expect(batch.unwritten()).toEqual(QUEUED);
    expect(batch.reached()).toEqual(CHAIN_START);
    expect(batch.took(1)).toBe(1);
    expect(batch.unwritten()).toEqual(QUEUED.slice(1));
    expect(batch.reached().sequence).toBe(1);
  });

  it('ends an unfinished line once, before the first record', () => {
    const text = createBatch(QUEUED, CHAIN_START, true).bytes().toString('latin1');
    expect(text.startsWith('\n{')).toBe(true);
    expect(text.split('\n')).toHaveLength(5);
  });
});
