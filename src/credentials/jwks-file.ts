import { readFile } from 'node:fs/promises';
import type { Algorithm } from './algorithms.js';
import { findKey, type JwkSet, parseJwkSet } from './jwk-set.js';
import { causeOf, type KeyAnswer, type KeySet, type KeySetEvent } from './key-set.js';

export interface FileKeySetOptions {
  readonly path: string;
  /** How long a reading is good before the next use reads the file again, milliseconds. Default 2000. */
  readonly checkEveryMs?: number;
  readonly onEvent?: (event: KeySetEvent) => void;
  /** Monotonic milliseconds. */
  readonly monotonicNow?: () => number;
}

/**
 * Keys from a JWK Set file. The file is read again on use, at most every `checkEveryMs`; its content decides, since
 * neither the time stamp of a ConfigMap's symlink nor a file system watch can be relied on. While a changed file
 * cannot be read, the last good keys stay in force and `onEvent` says so once per fault.
 *
 * Trusted here: whoever can write the file can sign people in.
 */
export function createFileKeySet(options: FileKeySetOptions): KeySet {
  const { path, checkEveryMs = 2000, onEvent = () => {}, monotonicNow = () => performance.now() } = options;
  let set: JwkSet | undefined;
  let generation = 0;
  let content: string | undefined;
  let fault: string | undefined;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;

  async function check(): Promise<void> {
    try {
      const bytes = await readFile(path);
      const text = bytes.toString('latin1');
      if (text !== content || fault !== undefined) {
        const next = parseJwkSet(bytes);
        if (text !== content) generation += 1;
        set = next;
        content = text;
        fault = undefined;
        onEvent({ kind: 'loaded', message: `key set \`${path}\` loaded`, ignored: next.ignored });
      }
    } catch (error) {
      const cause = causeOf(error);
      if (cause !== fault) onEvent({ kind: 'failed', message: `key set \`${path}\`: ${cause}` });
      fault = cause;
    } finally {
      checkedAtMs = monotonicNow();
      checking = undefined;
    }
  }

  function checkWhenDue(): Promise<void> | undefined {
    if (checking === undefined && monotonicNow() - checkedAtMs >= checkEveryMs) checking = check();
    return checking;
  }

  return {
    async find(algorithm: Algorithm, kid: string | undefined): Promise<KeyAnswer> {
      await checkWhenDue();
      if (set === undefined)
        return { kind: 'unavailable', cause: `key set \`${path}\`: ${fault ?? 'not loaded'}` };
      return findKey(set, algorithm, kid);
    },
    generation() {
      void checkWhenDue();
      return set === undefined ? undefined : generation;
    },
    async ready() {
      await checkWhenDue();
      return set !== undefined;
    },
  };
}
