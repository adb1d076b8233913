/** What the demo is doing. A step is said once; a tick replaces the tick before it. */
export type Progress =
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'tick'; readonly text: string };
export type OnProgress = (progress: Progress) => void;

export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Without a terminal a moving line would fill the log, so one in so many milliseconds is enough. */
const PLAIN_TICK_EVERY_MS = 10_000;

/** Shows steps as lines; ticks as one line that moves on a terminal, else as a line every ten seconds. */
export function createProgressPrinter(stream: ProgressStream, now: () => number = Date.now): OnProgress {
  let shown = 0;
  let lastPlainTick = now();
  const clear = () => {
    if (shown > 0) stream.write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return function print(progress) {
    if (progress.kind === 'step') {
      clear();
      lastPlainTick = now();
      stream.write(`${progress.text}\n`);
    } else if (stream.isTTY === true) {
      clear();
      const line = `  ${progress.text}`;
      stream.write(line);
      shown = line.length;
    } else if (now() - lastPlainTick >= PLAIN_TICK_EVERY_MS) {
      lastPlainTick = now();
      stream.write(`  ${progress.text}\n`);
    }
  };
}

/** Says every second what is going on, with the seconds it has taken so far, until the work ends. */
export async function withTicks<T>(onProgress: OnProgress, text: () => string, work: Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    onProgress({ kind: 'tick', text: `${text()} (${Math.round((Date.now() - startedAt) / 1000)} s)` });
  }, 1_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
