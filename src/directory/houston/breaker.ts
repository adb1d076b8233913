export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open before one question is let through to try, milliseconds. */
  readonly openMs: number;
  /** Monotonic clock, milliseconds. */
  readonly now?: () => number;
}

/** Runs questions while the asked one is well, and refuses them at once while it is not. */
export type Breaker = <T>(question: () => Promise<T>) => Promise<T>;

/** @throws the question's own error, or one of ours while the circuit is open */
export function createBreaker({ failures, openMs, now = () => performance.now() }: BreakerOptions): Breaker {
  let inARow = 0;
  let openUntil = Number.NEGATIVE_INFINITY;
  let trying = false;

  return async function run(question) {
    const open = inARow >= failures;
    if (open && (trying || now() < openUntil))
      throw new Error('it failed several times and is left alone for a while');
    trying = open;
    try {
      const answer = await question();
      inARow = 0;
      return answer;
    } catch (error) {
      inARow++;
      openUntil = now() + openMs;
      throw error;
    } finally {
      if (open) trying = false;
    }
  };
}
