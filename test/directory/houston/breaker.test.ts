import { describe, expect, it, jest } from '@jest/globals';
import { createBreaker } from '../../../src/directory/houston/breaker.js';

const fail = () => Promise.reject(new Error('away'));

describe('createBreaker', () => {
  function breakerAt() {
    const clock = { now: 0 };
    return { clock, run: createBreaker({ failures: 2, openMs: 100, now: () => clock.now }) };
  }

  it('asks nothing after several failures in a row, until it tries one', async () => {
    const { clock, run } = breakerAt();
    await expect(run(fail)).rejects.toThrow('away');
    await expect(run(fail)).rejects.toThrow('away');
    const question = jest.fn(async () => 'answer');
    clock.now = 99;
    await expect(run(question)).rejects.toThrow('left alone');
    expect(question).not.toHaveBeenCalled();
    clock.now = 100;
    expect(await run(question)).toBe('answer');
    expect(await run(question)).toBe('answer');
  });

  it('lets one try at a time', async () => {
    const { clock, run } = breakerAt();
    for (let i = 0; i < 2; i++) await run(fail).catch(() => {});
    clock.now = 100;
    let answer = (_: string) => {};
    const trying = run(() => new Promise<string>((resolve) => (answer = resolve)));
    await expect(run(async () => 'x')).rejects.toThrow('left alone');
    answer('y');
    expect(await trying).toBe('y');
    expect(await run(async () => 'x')).toBe('x');
  });

  it('waits again after a try that failed', async () => {
    const { clock, run } = breakerAt();
    for (let i = 0; i < 2; i++) await run(fail).catch(() => {});
    clock.now = 100;
    await expect(run(fail)).rejects.toThrow('away');
    clock.now = 199;
    await expect(run(fail)).rejects.toThrow('left alone');
  });

  it('counts failures in a row only', async () => {
    const { run } = breakerAt();
    for (let i = 0; i < 5; i++) {
      await run(fail).catch(() => {});
      expect(await run(async () => 'x')).toBe('x');
    }
  });
});
