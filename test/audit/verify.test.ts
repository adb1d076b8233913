import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, type ChainPosition, chainRecord, hashLine } from '../../src/audit/chain.js';
import { verifyChain } from '../../src/audit/verify.js';
import { sampleRecord } from './samples.js';

const LINES = chain(6);

function chain(length: number, after = CHAIN_START): string[] {
  let position: ChainPosition = after;
  return Array.from({ length }, (_, index) => {
    const chained = chainRecord(sampleRecord(index + 1), position);
    position = chained.position;
    return chained.line;
  });
}

function verify(lines: readonly string[], { end = '\n', after = CHAIN_START } = {}) {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const text = Buffer.from(lines.join('\n') + (lines.length > 0 ? end : ''));
    // Odd pieces: no line may depend on where a read happens to end.
    for (let at = 0; at < text.length; at += 97) yield text.subarray(at, at + 97);
  }
  return verifyChain(bytes(), { after });
}

/** Every leaf of a record as a path of member names. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]));
}

function tampered(line: string, path: readonly string[]): string {
  const record = JSON.parse(line) as Record<string, unknown>;
  let holder = record;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  const name = path.at(-1) ?? '';
  const value = holder[name];
  if (name === 'previous_hash') holder[name] = 'f'.repeat(64);
  else holder[name] = typeof value === 'number' ? value + 1 : `${String(value)}x`;
  return JSON.stringify(record);
}

describe('verifyChain', () => {
  it('finds an untouched file intact and says where it ends', async () => {
    expect(await verify(LINES)).toEqual({
      kind: 'intact',
      records: 6,
      tornLines: [],
      unfinished: false,
      last: { sequence: 6, hash: hashLine(LINES[5] ?? '') },
    });
  });

  it('finds an empty file intact', async () => {
    expect(await verify([])).toMatchObject({ kind: 'intact', records: 0, last: CHAIN_START });
  });

  it.each(leaves(JSON.parse(LINES[2] ?? '')).map((path) => [path.join('.'), path] as const))(
    'names line 3 when its %s was changed',
    async (_name, path) => {
      const lines = LINES.with(2, tampered(LINES[2] ?? '', path));
      expect(await verify(lines)).toMatchObject({ kind: 'broken', line: 3 });
    },
  );

  it.each<[string, string[], number]>([
    ['the first line is gone', LINES.slice(1), 1],
    ['a line in the middle is gone', LINES.toSpliced(3, 1), 4],
    ['a line is there twice', LINES.toSpliced(3, 0, LINES[2] ?? ''), 4],
    [
      'two lines changed places',
      [...LINES.slice(0, 2), LINES[3] ?? '', LINES[2] ?? '', ...LINES.slice(4)],
      3,
    ],
    ['a field was added to the first line', LINES.with(0, `{"x":1,${(LINES[0] ?? '').slice(1)}`), 1],
    ['a line became rubbish', LINES.with(2, 'rubbish'), 3],
    ['a line became empty', LINES.with(2, ''), 3],
    ['rubbish was put in between', LINES.toSpliced(3, 0, 'rubbish'), 5],
    ['rubbish was put at the end', [...LINES, 'rubbish'], 7],
    [
      'the first line does not begin a chain',
      LINES.with(0, tampered(LINES[0] ?? '', ['auth_proxy', 'previous_hash'])),
      1,
    ],
    ['a carriage return was added', LINES.with(4, `${LINES[4]}\r`), 5],
  ])('finds it when %s', async (_name, lines, line) => {
    expect(await verify(lines)).toMatchObject({ kind: 'broken', line });
  });

  it('tolerates a line torn by a crash, because the next one vouches for it, and counts it', async () => {
    const torn = (LINES[3] ?? '').slice(0, 40);
    const { line } = chainRecord(sampleRecord(9), { sequence: 4, hash: hashLine(torn) });
    expect(await verify([...LINES.slice(0, 3), torn, line])).toMatchObject({
      kind: 'intact',
      records: 4,
      tornLines: [4],
      last: { sequence: 5 },
    });
  });

  it('finds a torn line that was changed later', async () => {
    const torn = (LINES[3] ?? '').slice(0, 40);
    const { line } = chainRecord(sampleRecord(9), { sequence: 4, hash: hashLine(torn) });
    expect(await verify([...LINES.slice(0, 3), `${torn}x`, line])).toMatchObject({ kind: 'broken', line: 4 });
  });

  it('says that the last line is half written', async () => {
    expect(await verify([...LINES, '{"@timest'], { end: '' })).toMatchObject({
      kind: 'intact',
      records: 6,
      unfinished: true,
      last: { sequence: 6 },
    });
  });

  it('goes on from the file before it', async () => {
    const after = { sequence: 6, hash: hashLine(LINES[5] ?? '') };
    expect(await verify(chain(2, after), { after })).toMatchObject({ kind: 'intact', last: { sequence: 8 } });
    expect(await verify(chain(2, after))).toMatchObject({ kind: 'broken', line: 1 });
  });

  it('says by name which file cannot be read', async () => {
    await expect(verifyChain('/nowhere/audit.ndjson')).rejects.toMatchObject({
      code: 'audit',
      message: 'cannot read `/nowhere/audit.ndjson` (ENOENT); name an audit log that exists',
    });
  });
});
