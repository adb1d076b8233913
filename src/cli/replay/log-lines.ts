import { createReadStream } from 'node:fs';
import { AuthProxyError } from '../../domain/errors.js';

/** A line of a log, without its newline; `text` is undefined where it was longer than any log line we take. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  /** One character a byte. */
  readonly text: string | undefined;
}

/** Twice the longest target we serve, with a user agent and a referer behind it. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Cuts bytes into lines in bounded memory. Empty lines are passed over, but counted. */
export async function* readLogLines(
  source: string | AsyncIterable<Uint8Array>,
): AsyncGenerator<LogLine, void, undefined> {
  let number = 0;
  let rest = '';
  let tooLong = false;
  const take = (piece: string): void => {
    tooLong ||= rest.length + piece.length > MAX_LINE_BYTES;
    rest = tooLong ? '' : rest + piece;
  };
  const end = (): LogLine[] => {
    number += 1;
    const text = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const line = tooLong ? { number, text: undefined } : { number, text };
    [rest, tooLong] = ['', false];
    return line.text === '' ? [] : [line];
  };
  for await (const chunk of typeof source === 'string' ? readFile(source) : source) {
    const [first = '', ...others] = Buffer.from(chunk).toString('latin1').split('\n');
    take(first);
    for (const piece of others) {
      yield* end();
      take(piece);
    }
  }
  if (rest !== '' || tooLong) yield* end();
}

async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new AuthProxyError('config', `log \`${path}\` cannot be read (${code}); name a log that exists`, {
      cause,
    });
  }
}
