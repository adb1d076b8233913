import { readFile } from 'node:fs/promises';
import { AuthProxyError } from '../domain/errors.js';
import { createOnce } from '../state/create-once.js';
import { publishedAt, type RingEntry, signingAt } from './key-schedule.js';
import { formatRing, parseRing, ringPath } from './ring-file.js';
import { type GeneratedKeyType, generateKey, readSigningKey, type SigningKey } from './signing-key.js';

/** The keys of one kind: the one that signs now, and all that an upstream may still or already meet. */
export interface KeyRing {
  signing(): SigningKey;
  published(): readonly SigningKey[];
  /** Reads the file again where it is due. Never rejects: the keys in force stay. */
  refresh(): Promise<void>;
}

const CHECK_EVERY_MS = 2000;

/** A key somebody else keeps: it never rotates by itself. */
export function staticKeyRing(key: SigningKey): KeyRing {
  return { signing: () => key, published: () => [key], refresh: async () => undefined };
}

/**
 * The keys kept in the state folder; the first one is made on first use. Replicas that share the folder share them.
 * The file is read again on use, at most every two seconds, so that `keys rotate` needs no restart.
 *
 * @throws {AuthProxyError} `config` when the folder cannot be written or the file holds something else
 */
export async function openKeyRing(
  stateDir: string,
  type: GeneratedKeyType,
  now: () => number = Date.now,
): Promise<KeyRing> {
  const path = ringPath(stateDir, type);
  let text: string;
  try {
    text = await createOnce(path, () => formatRing([{ pem: generateKey(type), publishedAtMs: now() }]));
  } catch (cause) {
    const remedy = 'make `server.stateDir` writable or give the service a `keyFile`';
    throw new AuthProxyError('config', `signing keys \`${path}\` cannot be made; ${remedy}`, { cause });
  }
  let entries = await readRing(text, path);
  let checkedAtMs = now();

  async function refresh(): Promise<void> {
    if (now() - checkedAtMs < CHECK_EVERY_MS) return;
    checkedAtMs = now();
    try {
      const next = await readFile(path, 'utf8');
      if (next === text) return;
      entries = await readRing(next, path);
      text = next;
    } catch {
      // The keys in force still sign; `check` names what is wrong with the file.
    }
  }

  return {
    signing() {
      void refresh();
      return signingAt(entries, now());
    },
    published: () => publishedAt(entries, now()),
    refresh,
  };
}

async function readRing(text: string, path: string): Promise<readonly RingEntry[]> {
  return Promise.all(
    parseRing(text, path).map(async ({ pem, publishedAtMs }) => ({
      key: await readSigningKey(pem, path),
      publishedAtMs,
    })),
  );
}
