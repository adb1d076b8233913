import { describe, expect, it, jest } from '@jest/globals';
import { createHealth } from '../../src/directory/health.js';

describe('createHealth', () => {
  it('tells of every change once', () => {
    const onChange = jest.fn();
    const health = createHealth(onChange);
    for (const error of [new Error('away'), new Error('away'), undefined, undefined, new Error('gone')]) {
      health.report(error);
    }
    expect(onChange.mock.calls).toEqual([
      [false, 'away'],
      [true, undefined],
      [false, 'gone'],
    ]);
  });

  it('remembers that there was a success', () => {
    const health = createHealth(() => {});
    expect(health.reached()).toBe(false);
    health.report(undefined);
    health.report(new Error('away'));
    expect(health.reached()).toBe(true);
  });
});
