import { describe, expect, it } from '@jest/globals';
import { createProgressPrinter, type Progress, withTicks } from '../../../src/cli/demo/progress.js';

function printerOn(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  const print = createProgressPrinter({ isTTY, write: (text) => written.push(text) }, () => clock.now);
  return { print, clock, text: () => written.join('') };
}

describe('createProgressPrinter', () => {
  it('moves one line on a terminal and clears it before the next step', () => {
    const { print, text } = printerOn(true);
    print({ kind: 'tick', text: '1 of 2' });
    print({ kind: 'tick', text: '2 of 2' });
    print({ kind: 'step', text: 'done' });
    const cleared = `\r${' '.repeat('  1 of 2'.length)}\r`;
    expect(text()).toBe(`  1 of 2${cleared}  2 of 2${cleared}done\n`);
  });

  it('writes a tick every ten seconds where there is no terminal', () => {
    const { print, clock, text } = printerOn(false);
    for (clock.now = 0; clock.now <= 25_000; clock.now += 1_000) {
      print({ kind: 'tick', text: `${clock.now} ms` });
    }
    expect(text()).toBe('  10000 ms\n  20000 ms\n');
  });
});

describe('withTicks', () => {
  it('says every second what is going on, and stops with the work', async () => {
    const said: Progress[] = [];
    const work = new Promise<string>((resolve) => setTimeout(() => resolve('result'), 1_300));
    expect(
      await withTicks(
        (progress) => said.push(progress),
        () => 'fetching',
        work,
      ),
    ).toBe('result');
    expect(said).toEqual([{ kind: 'tick', text: 'fetching (1 s)' }]);
  });

  it('passes a failure on', async () => {
    const failing = withTicks(
      () => undefined,
      () => '',
      Promise.reject(new Error('no space left')),
    );
    await expect(failing).rejects.toThrow('no space left');
  });
});
