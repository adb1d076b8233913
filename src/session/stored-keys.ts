import { randomBytes, randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthProxyError } from '../domain/errors.js';
import { createOnce } from '../state/create-once.js';

const KEPT_KEYS = 3;

/** Where the state folder has them. */
export function sessionKeysPath(stateDir: string): string {
  return join(stateDir, 'session-keys.json');
}

/**
 * The session secrets in a file of the state folder, the newest first; made on first use.
 *
 * @throws {AuthProxyError} `config` when the file holds something else
 */
export async function ensureSessionKeys(path: string): Promise<readonly string[]> {
  return readKeys(await createOnce(path, () => write([newKey()])), path);
}

/**
 * Puts a new secret in front, replaced as a whole by a rename; the last three stay, so that sessions sealed before
 * still open. With `immediately` none stays: everybody signs in again. A running gateway uses it after SIGHUP.
 */
export async function rotateSessionKeys(
  path: string,
  { immediately = false }: { readonly immediately?: boolean } = {},
): Promise<void> {
  const keys = immediately ? [] : await ensureSessionKeys(path);
  const draft = `${path}.${randomUUID()}.draft`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(write([newKey(), ...keys].slice(0, KEPT_KEYS)));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function write(keys: readonly string[]): string {
  return `${JSON.stringify({ keys })}\n`;
}

function readKeys(text: string, path: string): readonly string[] {
  try {
    const { keys } = JSON.parse(text);
    if (Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string')) return keys;
  } catch {
    // Told below, without the parser's words: they quote what it read, and that is a key.
  }
  throw new AuthProxyError('config', `\`${path}\` holds no session keys; remove the file to get new ones`);
}
