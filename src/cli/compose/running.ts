/** What is under way, so that an end can wait for it. */
export interface Running {
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing runs. */
  whenNone(): Promise<void>;
}

export function createRunning(): Running {
  let count = 0;
  let waiters: (() => void)[] = [];

  function ended(): void {
    count -= 1;
    if (count > 0) return;
    const told = waiters;
    waiters = [];
    for (const tell of told) tell();
  }

  return {
    track(work) {
      count += 1;
      return work.finally(ended);
    },
    whenNone: () =>
      count === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(() => resolve())),
  };
}
