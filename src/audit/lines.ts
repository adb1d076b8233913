import { createReadStream } from 'node:fs';
import { AuthProxyError } from '../domain/errors.js';

/** Bytes of a file, by path or as a stream of them. */
export type ByteSource = string | AsyncIterable<Uint8Array>;

export interface RawLine {
  /** From 1. */
  readonly number: number;
  /** Without the newline. */
  readonly bytes: Uint8Array;
  /** Whether a newline ended it; only the last line may have none. */
  readonly terminated: boolean;
}

/** Longer than any line the sink writes; a file with one is read no further, to keep memory bounded. */
const MAX_LINE_BYTES = 1024 * 1024;

/** Cuts bytes into lines at `\n` alone, without decoding them: what is hashed is what is on the disk. */
export async function* readLines(source: ByteSource): AsyncGenerator<RawLine, void, undefined> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of typeof source === 'string' ? readFile(source) : source) {
    let bytes: Buffer = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a)) {
      number += 1;
      yield { number, bytes: bytes.subarray(0, end), terminated: true };
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
    if (rest.length > MAX_LINE_BYTES) {
      throw new AuthProxyError(
        'audit',
        `line ${number + 1} is longer than ${MAX_LINE_BYTES} bytes; this is no audit log`,
      );
    }
  }
  if (rest.length > 0) yield { number: number + 1, bytes: rest, terminated: false };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new AuthProxyError('audit', `cannot read \`${path}\` (${code}); name an audit log that exists`, {
      cause,
    });
  }
}
