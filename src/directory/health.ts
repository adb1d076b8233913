import { causeOf } from './cause.js';

export interface Health {
  /** What the last answer was; `undefined` is a success. */
  report(error: unknown): void;
  /** Whether there was a success at all. */
  reached(): boolean;
}

/** Tells of every change between answering and not answering, once. */
export function createHealth(onChange: (up: boolean, cause: string | undefined) => void): Health {
  let up: boolean | undefined;
  let reached = false;
  return {
    report(error) {
      const now = error === undefined;
      reached ||= now;
      if (up === now) return;
      up = now;
      onChange(now, now ? undefined : causeOf(error));
    },
    reached: () => reached,
  };
}
