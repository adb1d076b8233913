import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type AuditSink,
  type AuditSinkOptions,
  auditPathFor,
  createAuditSink,
} from '../../src/audit/sink.js';
import { verifyChain } from '../../src/audit/verify.js';
import type { AuthProxyError } from '../../src/domain/errors.js';
import { sampleRecord } from './samples.js';

let folder: string;
let path: string;
let errors: AuthProxyError[];
let dropped: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(folder, 'audit.ndjson');
  errors = [];
  dropped = 0;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function open(options: Partial<AuditSinkOptions> = {}): AuditSink {
  return createAuditSink({
    path,
    onDrop: (count) => {
      dropped += count;
    },
    onError: (error) => errors.push(error),
    ...options,
  });
}

function linesOf(file = path): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

function sequences(file = path): number[] {
  return linesOf(file).map((line) => JSON.parse(line).auth_proxy.sequence);
}

describe('createAuditSink', () => {
  it('writes one chained line a record, in order, to a file only its owner can read', async () => {
    const sink = open();
    for (let number = 1; number <= 1000; number++) expect(sink.write(sampleRecord(number))).toBe('queued');
    await sink.flush();
    expect(sink.queueLength()).toBe(0);
    expect(linesOf().map((line) => JSON.parse(line).auth_proxy.request_id)).toEqual(
      Array.from({ length: 1000 }, (_, index) => `req-${index + 1}`),
    );
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 1000 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await sink.close();
  });

  it('counts what it wrote', async () => {
    let written = 0;
    const sink = open({
      onWrite: (count) => {
        written += count;
      },
    });
    sink.write(sampleRecord(1));
    sink.write(sampleRecord(2));
    await sink.close();
    expect(written).toBe(2);
  });

  it('takes a record that is written the moment a flush ends', async () => {
    const sink = open();
    sink.write(sampleRecord(1));
    await sink.flush().then(() => sink.write(sampleRecord(2)));
    await sink.flush();
    expect(sequences()).toEqual([1, 2]);
    await sink.close();
  });

  it('goes on with the chain after a restart', async () => {
    for (const number of [1, 2, 3]) {
      const sink = open();
      sink.write(sampleRecord(number));
      await sink.close();
    }
    expect(sequences()).toEqual([1, 2, 3]);
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 3 });
  });

  it('ends a line that a crash tore, counts it and keeps the file verifiable', async () => {
    const first = open();
    first.write(sampleRecord(1));
    first.write(sampleRecord(2));
    await first.close();
    truncateSync(path, statSync(path).size - 30);
    for (const number of [3, 4]) {
      const sink = open();
      sink.write(sampleRecord(number));
      await sink.close();
    }
    expect(linesOf()).toHaveLength(4);
    expect(await verifyChain(path)).toMatchObject({
      kind: 'intact',
      records: 3,
      tornLines: [2],
      last: { sequence: 4 },
    });
  });

  it('goes on after several crashes in a row, even in the first line', async () => {
    writeFileSync(path, '{"@times\n{"@tim');
    const sink = open();
    sink.write(sampleRecord(1));
    await sink.close();
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 1, tornLines: [1, 2] });
  });

  it('ends a record that lacks only its newline', async () => {
    const first = open();
    first.write(sampleRecord(1));
    await first.close();
    truncateSync(path, statSync(path).size - 1);
    const second = open();
    second.write(sampleRecord(2));
    await second.close();
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 2, tornLines: [] });
  });

  it('leaves a torn file as it is until there is something to write', async () => {
    writeFileSync(path, '{"@tim');
    await open().close();
    expect(readFileSync(path, 'utf8')).toBe('{"@tim');
  });

  it('finds the last record far from the end of a long file', async () => {
    const first = open();
    for (let number = 1; number <= 400; number++) first.write(sampleRecord(number));
    await first.close();
    appendFileSync(path, 'x'.repeat(200_000));
    const second = open();
    second.write(sampleRecord(401));
    await second.close();
    expect(await verifyChain(path)).toMatchObject({
      kind: 'intact',
      tornLines: [401],
      last: { sequence: 402 },
    });
  });

  it('refuses to write into a file that is no audit log', () => {
    writeFileSync(path, 'all work and no play\n'.repeat(40));
    expect(() => open()).toThrow(
      `\`${path}\` does not end like an audit log; move it away or set audit.path`,
    );
  });

  it('says which folder is missing', () => {
    const missing = join(folder, 'no', 'audit.ndjson');
    expect(() => open({ path: missing })).toThrow(
      `cannot open \`${missing}\` (ENOENT); make its folder writable or set audit.path`,
    );
  });

  it('drops what the queue cannot hold, counts it, and says so in the next record', async () => {
    const sink = open({ maxQueue: 2 });
    expect([1, 2, 3, 4].map((number) => sink.write(sampleRecord(number)))).toEqual([
      'queued',
      'queued',
      'dropped',
      'dropped',
    ]);
    await sink.flush();
    sink.write(sampleRecord(5));
    await sink.close();
    expect(dropped).toBe(2);
    expect(linesOf().map((line) => JSON.parse(line).auth_proxy.dropped)).toEqual([undefined, undefined, 2]);
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 3 });
  });

  it('begins a new file after a rotation and goes on with the chain', async () => {
    const sink = open();
    sink.write(sampleRecord(1));
    await sink.flush();
    renameSync(path, `${path}.old`);
    sink.write(sampleRecord(2));
    await sink.flush();
    sink.reopen();
    sink.write(sampleRecord(3));
    await sink.close();
    expect(sequences(`${path}.old`)).toEqual([1, 2]);
    expect(sequences()).toEqual([3]);
    const before = await verifyChain(`${path}.old`);
    if (before.kind !== 'intact') throw new Error('the rotated file is broken');
    expect(await verifyChain(path, { after: before.last })).toMatchObject({ kind: 'intact', records: 1 });
  });

  it('goes on in the same file when nothing was rotated', async () => {
    const sink = open();
    sink.write(sampleRecord(1));
    sink.reopen();
    sink.reopen();
    sink.write(sampleRecord(2));
    await sink.close();
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 2 });
  });

  it('keeps the old file when the new one cannot be opened', async () => {
    const sink = open();
    renameSync(path, `${path}.old`);
    writeFileSync(path, 'not ours\n'.repeat(40));
    sink.reopen();
    sink.write(sampleRecord(1));
    await sink.close();
    expect(sequences(`${path}.old`)).toEqual([1]);
    expect(errors.map((error) => error.message)).toEqual([
      `cannot reopen \`${path}\`; the old file stays in use`,
    ]);
  });

  it('reports a disk that is full, keeps what waits, and drops it only when closed', async () => {
    const sink = open({ path: '/dev/full', retryMs: 5 });
    sink.write(sampleRecord(1));
    await expect(sink.flush()).rejects.toMatchObject({
      code: 'audit',
      message: 'cannot write `/dev/full`; free or mount the disk, it is tried again',
    });
    expect(sink.state()).toBe('failing');
    expect(sink.queueLength()).toBe(1);
    await sink.close();
    expect(dropped).toBe(1);
    expect(sink.write(sampleRecord(2))).toBe('dropped');
  });

  it('writes what a full disk refused to the file that takes its place', async () => {
    symlinkSync('/dev/full', path);
    const sink = open({ retryMs: 60_000 });
    sink.write(sampleRecord(1));
    sink.write(sampleRecord(2));
    await expect(sink.flush()).rejects.toMatchObject({ code: 'audit' });
    rmSync(path);
    sink.reopen();
    await sink.flush();
    expect(sink.state()).toBe('writing');
    expect(await verifyChain(path)).toMatchObject({ kind: 'intact', records: 2 });
    await sink.close();
    expect(dropped).toBe(0);
  });

  it('writes to standard output under a chain of its own', async () => {
    const written: string[] = [];
    const take = (bytes: unknown, done: unknown): boolean => {
      written.push(String(bytes));
      if (typeof done === 'function') done();
      return true;
    };
    const write = jest.spyOn(process.stdout, 'write').mockImplementation(take as typeof process.stdout.write);
    try {
      const sink = open({ path: '-' });
      sink.write(sampleRecord(1));
      sink.reopen();
      sink.write(sampleRecord(2));
      await sink.close();
    } finally {
      write.mockRestore();
    }
    const lines = written.join('').split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line).auth_proxy.sequence)).toEqual([1, 2]);
  });

  it('refuses a queue that holds nothing', () => {
    expect(() => open({ maxQueue: 0 })).toThrow('audit queue length `0` is not a whole number above 0');
  });
});

describe('auditPathFor', () => {
  it.each([
    ['one worker writes the file itself', 'a.ndjson', 1, 1, 'a.ndjson'],
    ['each of several has a file of its own', 'a.ndjson', 2, 4, 'a.ndjson.2'],
    ['standard output is never numbered', '-', 2, 4, '-'],
  ])('%s', (_name, file, worker, workers, expected) => {
    expect(auditPathFor(file, worker, workers)).toBe(expected);
  });
});
