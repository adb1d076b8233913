import { type ChainPosition, chainRecord } from './chain.js';
import type { AuditRecord } from './record.js';

/** A record that waits to be written, and how many were lost just before it. */
export interface QueuedRecord {
  readonly record: AuditRecord;
  readonly dropped: number;
}

/** Lines on their way to the disk. What the disk took is let go line by line, so that a failed write can go on. */
export interface Batch {
  /** What is left to write. */
  bytes(): Buffer;
  /** Lets go of `count` bytes; answers how many records became complete by it. */
  took(count: number): number;
  /** Records not wholly written, oldest first. */
  unwritten(): readonly QueuedRecord[];
  /** The chain after the last record that is wholly written. */
  reached(): ChainPosition;
  /** The chain after the last record. */
  readonly last: ChainPosition;
}

/** Chains records after `after`. `unfinished`: the file ends within a line, which is ended first. */
export function createBatch(
  records: readonly QueuedRecord[],
  after: ChainPosition,
  unfinished: boolean,
): Batch {
  let last = after;
  const positions: ChainPosition[] = [];
  const lines = records.map((queued, index) => {
    const { line, position } = chainRecord(queued.record, last, queued.dropped);
    last = position;
    positions.push(position);
    return Buffer.from(`${unfinished && index === 0 ? '\n' : ''}${line}\n`, 'latin1');
  });
  let done = 0;
  let offset = 0;
  return {
    last,
    bytes: () => Buffer.concat(lines.slice(done)).subarray(offset),
    took(count) {
      const before = done;
      offset += count;
      for (let line = lines[done]; line !== undefined && offset >= line.length; line = lines[done]) {
        offset -= line.length;
        done += 1;
      }
      return done - before;
    },
    unwritten: () => records.slice(done),
    reached: () => positions[done - 1] ?? after,
  };
}
