import { describe, expect, it } from '@jest/globals';
import { createRunning } from '../../../src/cli/compose/running.js';

describe('createRunning', () => {
  it('waits for nothing where nothing runs', async () => {
    await expect(createRunning().whenNone()).resolves.toBeUndefined();
  });

  it('waits for all that runs, whether it succeeds or fails', async () => {
    const running = createRunning();
    let succeed: () => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    const first = running.track(new Promise<void>((resolve) => (succeed = resolve)));
    const second = running.track(new Promise<void>((_, reject) => (fail = reject)));
    const seen: string[] = [];
    const waiting = running.whenNone().then(() => seen.push('none'));
    succeed();
    await first;
    expect(seen).toEqual([]);
    fail(new Error('broken'));
    await expect(second).rejects.toThrow('broken');
    await waiting;
    expect(seen).toEqual(['none']);
  });
});
