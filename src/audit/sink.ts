import { AuthProxyError } from '../domain/errors.js';
import { type Batch, createBatch, type QueuedRecord } from './batch.js';
import type { ChainPosition } from './chain.js';
import { type AuditFile, openAuditFile } from './file.js';
import type { AuditRecord } from './record.js';

export interface AuditSinkOptions {
  /** File to append to, or `-` for standard output. With several workers: {@link auditPathFor}. */
  readonly path: string;
  /** Records that may wait; further ones are dropped and counted. Default 10 000. */
  readonly maxQueue?: number;
  /** Wait before a failed write is tried again. Default 1000. */
  readonly retryMs?: number;
  readonly onWrite?: (count: number) => void;
  readonly onDrop: (count: number) => void;
  readonly onError: (error: AuthProxyError) => void;
}

export interface AuditSink {
  /** Takes a record at once, in order. Never waits and never throws. */
  write(record: AuditRecord): 'queued' | 'dropped';
  /** Resolves when all that was taken is written; rejects with {@link AuthProxyError} when writing fails meanwhile. */
  flush(): Promise<void>;
  /** Begins the file at the same path anew after a rotation (SIGHUP). On failure the old file stays in use. */
  reopen(): void;
  /** Writes what waits, once; what the disk refuses is dropped and counted. Then nothing more is taken. */
  close(): Promise<void>;
  queueLength(): number;
  /** `failing` from a failed write to the next that succeeds. */
  state(): 'writing' | 'failing';
}

const BATCH_RECORDS = 256;

/**
 * The file of one worker process. A chain has one writer, so each of several workers keeps a file of its own,
 * `<path>.<worker>`, each with its own chain; with one worker it is `path` itself. `worker` counts from 1.
 */
export function auditPathFor(path: string, worker: number, workers: number): string {
  return path === '-' || workers <= 1 ? path : `${path}.${worker}`;
}

/**
 * An append-only NDJSON file of chained records. Lines are linked when they are written, not when they are taken,
 * so a dropped record leaves no hole in the chain: the next one carries how many were lost.
 * A write that fails is gone on with from the byte where it stopped, so a full disk tears no line.
 * One state machine (queue, batch in flight, file to change to), hence one file above the usual length.
 *
 * Opens the file at once; throws {@link AuthProxyError} where that fails or the file is no audit log.
 */
export function createAuditSink(options: AuditSinkOptions): AuditSink {
  const { path, maxQueue = 10_000, retryMs = 1000, onWrite, onDrop, onError } = options;
  if (!Number.isInteger(maxQueue) || maxQueue < 1) {
    throw new AuthProxyError('audit', `audit queue length \`${maxQueue}\` is not a whole number above 0`);
  }
  let file: AuditFile = openAuditFile(path);
  let position: ChainPosition = file.tail.position;
  let { unfinished } = file.tail;
  let replacement: AuditFile | undefined;
  let queue: QueuedRecord[] = [];
  let batch: Batch | undefined;
  let dropped = 0;
  let closed: Promise<void> | undefined;
  let failure: AuthProxyError | undefined;
  let pumping: Promise<void> | undefined;
  let wake: (() => void) | undefined;
  let waiters: { resolve: () => void; reject: (error: AuthProxyError) => void }[] = [];

  async function pump(): Promise<void> {
    while (queue.length > 0 || batch !== undefined || replacement !== undefined) {
      if (replacement !== undefined) await replace(replacement);
      if (batch === undefined && queue.length > 0) {
        batch = createBatch(queue.splice(0, BATCH_RECORDS), position, unfinished);
        ({ last: position } = batch);
        unfinished = false;
      }
      if (batch !== undefined && !(await drain(batch))) {
        if (closed !== undefined) break;
        await pause();
      }
    }
    // Before anybody who waits runs on: a record they write must start the pump anew.
    pumping = undefined;
    settle((waiter) => waiter.resolve());
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, retryMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** False when the disk took less than all of it. */
  async function drain(current: Batch): Promise<boolean> {
    try {
      const written = current.took(await file.write(current.bytes()));
      if (written > 0) onWrite?.(written);
      failure = undefined;
    } catch (cause) {
      report(`cannot write \`${path}\`; free or mount the disk, it is tried again`, cause);
      return false;
    }
    if (current.unwritten().length === 0) batch = undefined;
    return true;
  }

  async function replace(next: AuditFile): Promise<void> {
    replacement = undefined;
    const old = file;
    if (!next.isSameAs(old)) {
      file = next;
      unfinished = next.tail.unfinished;
      // A line half in the old file is written anew, as the first of the new one.
      queue = [...(batch?.unwritten() ?? []), ...queue];
      position = next.tail.position.sequence === 0 ? (batch?.reached() ?? position) : next.tail.position;
      batch = undefined;
    }
    await (file === next ? old : next).close().catch(() => undefined);
  }

  function report(message: string, cause: unknown): void {
    failure = new AuthProxyError('audit', message, { cause });
    onError(failure);
    const error = failure;
    settle((waiter) => waiter.reject(error));
  }

  function settle(how: (waiter: (typeof waiters)[number]) => void): void {
    const settled = waiters;
    waiters = [];
    for (const waiter of settled) how(waiter);
  }

  function start(): void {
    pumping ??= pump();
  }

  async function finish(): Promise<void> {
    wake?.();
    await pumping;
    const lost = queueLength();
    if (lost > 0) onDrop(lost);
    await file.close().catch(() => undefined);
  }

  const queueLength = (): number => queue.length + (batch?.unwritten().length ?? 0);

  return {
    queueLength,
    state: () => (failure === undefined ? 'writing' : 'failing'),
    write(record) {
      if (closed !== undefined || queueLength() >= maxQueue) {
        dropped += 1;
        onDrop(1);
        return 'dropped';
      }
      queue.push({ record, dropped });
      dropped = 0;
      start();
      return 'queued';
    },
    flush() {
      if (pumping === undefined) return Promise.resolve();
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    },
    reopen() {
      if (closed !== undefined) return;
      const unused = replacement;
      try {
        replacement = openAuditFile(path);
        void unused?.close();
      } catch (cause) {
        onError(
          new AuthProxyError('audit', `cannot reopen \`${path}\`; the old file stays in use`, { cause }),
        );
        return;
      }
      wake?.();
      start();
    },
    close() {
      closed ??= finish();
      return closed;
    },
  };
}
