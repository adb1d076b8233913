/** Something that carries one request at a time. `dead`: to be replaced, not used again. */
export interface Line {
  dead: boolean;
}

export interface Seeker<L> {
  run(line: L): void;
}

/** A bounded set of lines, and a bounded queue before it that one can leave. */
export interface Lines<L> {
  /** `running`: `run` was called already. `full`: neither a line nor a place in the queue. */
  seek(seeker: Seeker<L>): 'running' | 'waiting' | 'full';
  leave(seeker: Seeker<L>): void;
  release(line: L): void;
  all(): readonly L[];
  /** Resolves when every line was released. */
  whenIdle(): Promise<void>;
  stats(): { readonly busy: number; readonly waiting: number };
}

export function createLines<L extends Line>(
  open: () => L,
  limits: { readonly max: number; readonly maxWaiting: number },
): Lines<L> {
  const lines: L[] = [];
  const idle: L[] = [];
  const waiting = new Set<Seeker<L>>();
  const idleListeners: (() => void)[] = [];

  function openOne(): L {
    const line = open();
    lines.push(line);
    return line;
  }

  return {
    seek(seeker) {
      // The line used last is the one least likely to have gone stale.
      const line = idle.pop() ?? (lines.length < limits.max ? openOne() : undefined);
      if (line !== undefined) {
        seeker.run(line);
        return 'running';
      }
      if (waiting.size >= limits.maxWaiting) return 'full';
      waiting.add(seeker);
      return 'waiting';
    },
    leave(seeker) {
      waiting.delete(seeker);
    },
    release(line) {
      if (line.dead) lines.splice(lines.indexOf(line), 1);
      const [next] = waiting;
      if (next !== undefined) {
        waiting.delete(next);
        next.run(line.dead ? openOne() : line);
        return;
      }
      if (!line.dead) idle.push(line);
      if (idle.length === lines.length) for (const listener of idleListeners.splice(0)) listener();
    },
    all: () => lines,
    async whenIdle() {
      if (idle.length < lines.length) await new Promise<void>((resolve) => idleListeners.push(resolve));
    },
    stats: () => ({ busy: lines.length - idle.length, waiting: waiting.size }),
  };
}
