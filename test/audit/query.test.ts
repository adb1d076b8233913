import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, type ChainPosition, chainRecord } from '../../src/audit/chain.js';
import { queryRecords, type RecordFilter } from '../../src/audit/query.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { NOW_MS, sampleRecord } from './samples.js';

const RECORDS: readonly AuditRecord[] = [
  sampleRecord(1),
  { ...sampleRecord(2), user: { id: 'eve' } },
  { ...sampleRecord(3), event: { action: 'request-denied', outcome: 'failure', reason: 'no-role' } },
  { ...sampleRecord(4), auth_proxy: { request_id: 'req-4', deployment: 'other' } },
  { ...sampleRecord(5), '@timestamp': 'yesterday' },
];

async function* file(): AsyncGenerator<Uint8Array> {
  let position: ChainPosition = CHAIN_START;
  for (const record of RECORDS) {
    const chained = chainRecord(record, position);
    position = chained.position;
    yield Buffer.from(`${chained.line}\n`);
  }
  yield Buffer.from('{"torn');
}

async function numbers(filter: RecordFilter): Promise<number[]> {
  const found: number[] = [];
  for await (const { number } of queryRecords(file(), filter)) found.push(number);
  return found;
}

describe('queryRecords', () => {
  it.each<[string, RecordFilter, number[]]>([
    ['everything that is a record', {}, [1, 2, 3, 4, 5]],
    ['one user', { user: 'eve' }, [2]],
    ['nobody for part of a name', { user: 'ev' }, []],
    ['one deployment', { deployment: 'other' }, [4]],
    ['one reason', { reason: 'no-role' }, [3]],
    ['all conditions at once', { user: 'vic', reason: 'insufficient-permission' }, [1, 4, 5]],
    [
      'a time range with its beginning and without its end',
      { sinceMs: NOW_MS + 2000, untilMs: NOW_MS + 4000 },
      [2, 3],
    ],
    ['an open end', { sinceMs: NOW_MS + 3000 }, [3, 4]],
    ['an open beginning', { untilMs: NOW_MS + 2000 }, [1]],
  ])('finds %s', async (_name, filter, expected) => {
    expect(await numbers(filter)).toEqual(expected);
  });

  it('gives the line as it is in the file', async () => {
    for await (const { line, record } of queryRecords(file(), { user: 'eve' })) {
      expect(line).toBe(JSON.stringify(record));
      expect(record).toHaveProperty('auth_proxy.sequence', 2);
    }
    expect.assertions(2);
  });
});
