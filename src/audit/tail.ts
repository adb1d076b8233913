import { fstatSync, readSync } from 'node:fs';
import { AuthProxyError } from '../domain/errors.js';
import { CHAIN_START, type ChainPosition, hashLine, readLink } from './chain.js';

/** Where a file's chain goes on. */
export interface Tail {
  readonly position: ChainPosition;
  /** Whether the file does not end in a newline: a process died while writing, and the next write begins with one. */
  readonly unfinished: boolean;
}

/** More lines in a row than this that are no records were never written by a process that died: it is another file. */
const MAX_TORN_LINES = 16;
const FIRST_READ_BYTES = 64 * 1024;
const MAX_READ_BYTES = 16 * 1024 * 1024;

/**
 * Finds the last line of an audit file, so that the chain goes on over restarts.
 *
 * A line that was torn by a crash stays as it is, is ended with a newline by the next write, takes a sequence number
 * and is hashed like any other. So the line after it vouches for it, and nothing can be slipped in there later.
 *
 * Throws {@link AuthProxyError} where the file is something else, rather than writing into it.
 */
export function readTail(fd: number, path: string): Tail {
  const { size } = fstatSync(fd);
  if (size === 0) return { position: CHAIN_START, unfinished: false };
  for (let bytes = FIRST_READ_BYTES; ; bytes *= 4) {
    const wanted = Math.min(bytes, size);
    const tail = positionIn(readEnd(fd, size, wanted), wanted === size);
    if (tail !== undefined) return tail;
    if (wanted === size || bytes >= MAX_READ_BYTES) {
      throw new AuthProxyError(
        'audit',
        `\`${path}\` does not end like an audit log; move it away or set audit.path`,
      );
    }
  }
}

function readEnd(fd: number, size: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let read = 0;
  while (read < bytes) {
    const count = readSync(fd, buffer, read, bytes - read, size - bytes + read);
    if (count === 0) break;
    read += count;
  }
  return buffer.subarray(0, read);
}

/** Undefined where no record lies in these last bytes of the file and `whole` is false, or there are too many others. */
function positionIn(bytes: Buffer, whole: boolean): Tail | undefined {
  const unfinished = bytes.at(-1) !== 0x0a;
  const lines: Buffer[] = [];
  let end = unfinished ? bytes.length : bytes.length - 1;
  while (lines.length <= MAX_TORN_LINES) {
    const newline = end === 0 ? -1 : bytes.lastIndexOf(0x0a, end - 1);
    if (newline === -1 && !whole) return undefined;
    const line = bytes.subarray(newline + 1, end);
    lines.push(line);
    const sequence = readLink(line)?.sequence ?? (newline === -1 ? 1 : undefined);
    if (sequence !== undefined) return tailAfter(lines, sequence, unfinished);
    end = newline;
  }
  return undefined;
}

/** `lines` from the last to the one that has `sequence`. */
function tailAfter(lines: readonly Buffer[], sequence: number, unfinished: boolean): Tail {
  const hash = hashLine(lines[0] ?? Buffer.alloc(0));
  return { position: { sequence: sequence + lines.length - 1, hash }, unfinished };
}
