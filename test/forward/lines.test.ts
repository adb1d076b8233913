import { describe, expect, it } from '@jest/globals';
import { createLines, type Line, type Seeker } from '../../src/forward/lines.js';

interface Numbered extends Line {
  readonly id: number;
}

function numbered(max: number, maxWaiting: number) {
  let id = 0;
  return createLines<Numbered>(
    () => {
      id += 1;
      return { id, dead: false };
    },
    { max, maxWaiting },
  );
}

function seeker(): Seeker<Numbered> & { line: Numbered | undefined } {
  return {
    line: undefined,
    run(line) {
      this.line = line;
    },
  };
}

function lineOf(of: { line: Numbered | undefined }): Numbered {
  if (of.line === undefined) throw new Error('it has no line');
  return of.line;
}

describe('lines', () => {
  it('are opened up to the limit, then waited for, then refused', () => {
    const lines = numbered(2, 1);
    const [a, b, c, d] = [seeker(), seeker(), seeker(), seeker()];
    expect([a, b, c, d].map((each) => lines.seek(each))).toEqual(['running', 'running', 'waiting', 'full']);
    expect(lines.stats()).toEqual({ busy: 2, waiting: 1 });
    lines.release(lineOf(a));
    expect(c.line?.id).toBe(1);
    expect(lines.stats()).toEqual({ busy: 2, waiting: 0 });
  });

  it('go to the one who waits longest', () => {
    const lines = numbered(1, 5);
    const [first, second, third] = [seeker(), seeker(), seeker()];
    for (const each of [first, second, third]) lines.seek(each);
    lines.leave(second);
    lines.release(lineOf(first));
    expect(second.line).toBeUndefined();
    expect(third.line?.id).toBe(1);
  });

  it('are taken again, the one used last first', () => {
    const lines = numbered(3, 0);
    const [a, b, next] = [seeker(), seeker(), seeker()];
    lines.seek(a);
    lines.seek(b);
    lines.release(lineOf(b));
    lines.release(lineOf(a));
    lines.seek(next);
    expect(next.line?.id).toBe(1);
    expect(lines.all()).toHaveLength(2);
  });

  it('are replaced when dead, for the one who waits too', () => {
    const lines = numbered(1, 1);
    const [a, b] = [seeker(), seeker()];
    lines.seek(a);
    lines.seek(b);
    lineOf(a).dead = true;
    lines.release(lineOf(a));
    expect(b.line?.id).toBe(2);
    lineOf(b).dead = true;
    lines.release(lineOf(b));
    expect(lines.all()).toEqual([]);
    expect(lines.stats()).toEqual({ busy: 0, waiting: 0 });
  });

  it('tell when all are idle', async () => {
    const lines = numbered(2, 0);
    await lines.whenIdle();
    const [a, b] = [seeker(), seeker()];
    lines.seek(a);
    lines.seek(b);
    let idle = false;
    const waiting = lines.whenIdle().then(() => {
      idle = true;
    });
    lines.release(lineOf(a));
    await Promise.resolve();
    expect(idle).toBe(false);
    lines.release(lineOf(b));
    await waiting;
    expect(idle).toBe(true);
  });
});
