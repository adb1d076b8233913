import { describe, expect, it } from '@jest/globals';
import { type LogLine, MAX_LINE_BYTES, readLogLines } from '../../../src/cli/replay/log-lines.js';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

async function linesOf(...texts: readonly string[]): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of readLogLines(chunks(...texts))) lines.push(line);
  return lines;
}

describe('the lines of a log', () => {
  it('are the same however the bytes arrive', async () => {
    const wanted = [
      { number: 1, text: 'one' },
      { number: 3, text: 'three' },
      { number: 4, text: 'four' },
    ];
    expect(await linesOf('one\r\n\nthree\nfour')).toEqual(wanted);
    expect(await linesOf('o', 'ne\r', '\n\nthr', 'ee\nfour\n')).toEqual(wanted);
    expect(await linesOf()).toEqual([]);
  });

  it('keep every byte as one character', async () => {
    expect(await linesOf('\xc3\xa9')).toEqual([{ number: 1, text: '\xc3\xa9' }]);
  });

  it('are let go where they are too long, and counted', async () => {
    const long = 'x'.repeat(MAX_LINE_BYTES);
    expect(await linesOf(`a\n${long}`, `${long}\nb\n`)).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: undefined },
      { number: 3, text: 'b' },
    ]);
    expect(await linesOf(`${long}y`)).toEqual([{ number: 1, text: undefined }]);
  });

  it('cannot be had of a file that is not there', async () => {
    await expect(readLogLines('/no/such/log').next()).rejects.toThrow('log `/no/such/log` cannot be read');
  });
});
