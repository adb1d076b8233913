import { join } from 'node:path';
import { AuthProxyError } from '../domain/errors.js';
import type { GeneratedKeyType } from './signing-key.js';

/** One key as the file holds it. */
export interface StoredKey {
  /** PKCS #8. */
  readonly pem: string;
  /** Epoch milliseconds. */
  readonly publishedAtMs: number;
}

/** Where the keys of one kind are kept. */
export function ringPath(stateDir: string, type: GeneratedKeyType): string {
  return join(stateDir, `signing-keys-${type}.json`);
}

export function formatRing(keys: readonly StoredKey[]): string {
  const stored = keys.map(({ pem, publishedAtMs }) => ({
    publishedAt: new Date(publishedAtMs).toISOString(),
    pem,
  }));
  return `${JSON.stringify({ keys: stored }, null, 2)}\n`;
}

/** Oldest first. Throws {@link AuthProxyError} `config` where the text is no ring; never quotes it. */
export function parseRing(text: string, path: string): readonly StoredKey[] {
  // Without a cause: a parser's message quotes what it read, and that is a key.
  const fail = (): never => {
    throw new AuthProxyError('config', `\`${path}\` holds no signing keys; remove it to get new ones`);
  };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return fail();
  }
  const keys =
    typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0) return fail();
  return keys
    .map(({ pem, publishedAt: at }): StoredKey => {
      const publishedAtMs = Date.parse(String(at));
      return typeof pem === 'string' && !Number.isNaN(publishedAtMs) ? { pem, publishedAtMs } : fail();
    })
    .sort((a, b) => a.publishedAtMs - b.publishedAtMs);
}
