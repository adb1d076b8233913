import { closeSync, constants, fdatasync, fstatSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { AuthProxyError } from '../domain/errors.js';
import { CHAIN_START } from './chain.js';
import { readTail, type Tail } from './tail.js';

const writeTo = promisify(write);
const syncOf = promisify(fdatasync);

/** Where audit lines go: an open file or standard output. One write at a time. */
export interface AuditFile {
  /** Where the chain stood when this was opened. */
  readonly tail: Tail;
  /** Writes from the start of `bytes` and answers how many were taken. Rejects when none could be. */
  write(bytes: Buffer): Promise<number>;
  /** Whether `other` is the same file on the disk. */
  isSameAs(other: AuditFile): boolean;
  close(): Promise<void>;
  /** Device and inode, where there are any. */
  readonly place: string | undefined;
}

/**
 * Opens a file to append to, made with mode 0600 where it is missing; `-` is standard output, whose chain begins anew.
 * Throws {@link AuthProxyError} where that cannot be done.
 */
export function openAuditFile(path: string): AuditFile {
  return path === '-' ? openStdout() : openFile(path);
}

function openFile(path: string): AuditFile {
  const fd = open(path);
  const stat = fstatSync(fd);
  // A pipe or device cannot be read back: its chain begins with this process.
  const tail = stat.isFile() ? tailOrClose(fd, path) : { position: CHAIN_START, unfinished: false };
  const place = `${stat.dev}:${stat.ino}`;
  return {
    tail,
    place,
    write: async (bytes) => (await writeTo(fd, bytes)).bytesWritten,
    isSameAs: (other) => other.place === place,
    async close() {
      // A device has nothing to sync; the bytes are with the kernel either way.
      await syncOf(fd).catch(() => undefined);
      closeSync(fd);
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new AuthProxyError(
      'audit',
      `cannot open \`${path}\` (${code}); make its folder writable or set audit.path`,
      {
        cause,
      },
    );
  }
}

function tailOrClose(fd: number, path: string): Tail {
  try {
    return readTail(fd, path);
  } catch (cause) {
    closeSync(fd);
    throw cause;
  }
}

function openStdout(): AuditFile {
  const { stdout } = process;
  // Without a listener a closed pipe would end the process; the failed write reports it already.
  const ignore = (): void => undefined;
  stdout.on('error', ignore);
  return {
    tail: { position: CHAIN_START, unfinished: false },
    place: undefined,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stdout.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
      }),
    isSameAs: (other) => other.place === undefined,
    async close() {
      stdout.off('error', ignore);
    },
  };
}
