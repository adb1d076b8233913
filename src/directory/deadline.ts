import { causeOf } from './cause.js';

/**
 * Waits for an answer at most `timeoutMs`. A throw, a rejection and the end of the time all become the value that
 * `instead` makes of the cause; the signal tells the asked one that nobody waits any longer. Never rejects.
 */
export async function withDeadline<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  instead: (cause: string) => T,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(instead(`no answer within ${timeoutMs} ms`));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([ask(controller.signal), deadline]);
  } catch (error) {
    return instead(causeOf(error));
  } finally {
    clearTimeout(timer);
  }
}
