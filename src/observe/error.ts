import { scrub } from './scrub.js';

/** What a log line keeps of a thrown value. */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Where it was thrown: function and file, without the message. */
  readonly stack?: readonly string[];
  readonly cause?: ErrorDescription;
}

const MAX_CAUSES = 3;
const MAX_FRAMES = 12;

/**
 * Describes whatever was thrown. Other members of an error are left out: client libraries hang requests, headers and
 * connection options on theirs. Frames are kept for errors without a code, which are bugs.
 */
export function describeError(thrown: unknown, depth = 0): ErrorDescription {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: scrub(String(thrown)) };
  const code = codeOf(thrown);
  const frames = code === undefined ? framesOf(thrown) : [];
  return {
    name: scrub(thrown.name),
    message: scrub(thrown.message),
    ...(code === undefined ? {} : { code: scrub(code) }),
    ...(frames.length === 0 ? {} : { stack: frames }),
    ...(thrown.cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(thrown.cause, depth + 1) }),
  };
}

function codeOf(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}

function framesOf(error: Error): string[] {
  const lines = typeof error.stack === 'string' ? error.stack.split('\n') : [];
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, MAX_FRAMES)
    .map(scrub);
}
