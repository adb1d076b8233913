import { CHAIN_START, type ChainLink, type ChainPosition, hashLine, readLink } from './chain.js';
import { type ByteSource, type RawLine, readLines } from './lines.js';

export type ChainReport =
  | {
      readonly kind: 'intact';
      readonly records: number;
      /** Lines a process died over. Those after them vouch for them; see {@link readTail}. */
      readonly tornLines: readonly number[];
      /** Whether the last line is half written: a process died there, or is writing now. */
      readonly unfinished: boolean;
      /** Pass it as `after` to verify the file that a rotation began next. */
      readonly last: ChainPosition;
    }
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

/**
 * Checks that an audit file is what was written: every line numbered one above the line before and holding its hash.
 *
 * Finds any change, insertion or removal before the last line. It cannot see that lines were cut off the end, nor
 * a file rewritten as a whole, since the chain has no key: keep `last` elsewhere and compare.
 * A file must begin at sequence 1 unless `after` says what came before it.
 * Throws {@link AuthProxyError} where the file cannot be read.
 */
export async function verifyChain(
  source: ByteSource,
  { after = CHAIN_START }: { readonly after?: ChainPosition } = {},
): Promise<ChainReport> {
  let last = after;
  let records = 0;
  let unfinished = false;
  let unconfirmed: number | undefined;
  const tornLines: number[] = [];
  const lines = withNext(readLines(source));
  for await (const { line, next } of lines) {
    const link = readLink(line.bytes);
    if (link === undefined) {
      if (!line.terminated) {
        unfinished = true;
        break;
      }
      tornLines.push(line.number);
      unconfirmed = line.number;
    } else {
      const broken = compare(line, link, last, next);
      if (broken !== undefined) return broken;
      records += 1;
      unconfirmed = undefined;
    }
    last = { sequence: last.sequence + 1, hash: hashLine(line.bytes) };
  }
  if (unconfirmed !== undefined) {
    return { kind: 'broken', line: unconfirmed, why: 'is no audit record, and no later line holds its hash' };
  }
  return { kind: 'intact', records, tornLines, unfinished, last };
}

function compare(
  line: RawLine,
  link: ChainLink,
  last: ChainPosition,
  next: RawLine | undefined,
): ChainReport | undefined {
  const { number } = line;
  if (link.sequence !== last.sequence + 1) {
    const why =
      number === 1
        ? `has sequence ${link.sequence} instead of ${last.sequence + 1}; give the file before it too, or lines were removed`
        : `has sequence ${link.sequence} after ${last.sequence}; lines were removed, added or changed here`;
    return { kind: 'broken', line: number, why };
  }
  if (link.previousHash === last.hash) return undefined;
  // One of two lines was changed. If the next line still vouches for this one, it was the line before.
  const changed = next !== undefined && readLink(next.bytes)?.previousHash !== hashLine(line.bytes);
  if (number === 1 || changed) {
    return {
      kind: 'broken',
      line: number,
      why: 'was changed: its previous_hash is not the hash of the line before it',
    };
  }
  return { kind: 'broken', line: number - 1, why: `was changed: line ${number} holds another hash for it` };
}

async function* withNext(
  lines: AsyncIterable<RawLine>,
): AsyncGenerator<{ readonly line: RawLine; readonly next: RawLine | undefined }, void, undefined> {
  let line: RawLine | undefined;
  for await (const next of lines) {
    if (line !== undefined) yield { line, next };
    line = next;
  }
  if (line !== undefined) yield { line, next: undefined };
}
