import { open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { AuthProxyError } from '../domain/errors.js';
import { isRetired, PUBLISH_LEAD_MS } from './key-schedule.js';
import { formatRing, parseRing, ringPath } from './ring-file.js';
import { type GeneratedKeyType, generateKey, readSigningKey } from './signing-key.js';

export interface Rotation {
  readonly kid: string;
  /** Epoch milliseconds from which on the new key signs. */
  readonly signsFromMs: number;
}

/**
 * Publishes a new key; running gateways sign with it once every upstream has read it. `immediately` signs at once,
 * for a key that leaked: upstreams that keep an older list refuse until they read it again. Retired keys leave.
 *
 * @throws {AuthProxyError} `config` when there are no keys yet, the file is not a ring, or another rotation is at it
 */
export async function rotateKeyRing(
  stateDir: string,
  type: GeneratedKeyType,
  options: { readonly immediately: boolean; readonly now?: () => number },
): Promise<Rotation> {
  const nowMs = (options.now ?? Date.now)();
  const path = ringPath(stateDir, type);
  return exclusively(`${path}.lock`, async () => {
    const stored = parseRing(await readFile(path, 'utf8'), path);
    const pem = generateKey(type);
    const publishedAtMs = options.immediately ? nowMs - PUBLISH_LEAD_MS : nowMs;
    const kept = options.immediately ? [] : stored.filter((_, at) => !isRetired(stored[at + 1], nowMs));
    const draft = `${path}.draft`;
    await writeFile(draft, formatRing([...kept, { pem, publishedAtMs }]), { mode: 0o600 });
    await rename(draft, path);
    const { kid } = await readSigningKey(pem, path);
    return { kid, signsFromMs: options.immediately ? nowMs : nowMs + PUBLISH_LEAD_MS };
  });
}

async function exclusively<T>(lock: string, work: () => Promise<T>): Promise<T> {
  const held = await open(lock, 'wx').catch((cause: unknown) => {
    throw new AuthProxyError(
      'config',
      `\`${lock}\` is held or its folder is missing; wait for the other rotation, or remove it`,
      { cause },
    );
  });
  try {
    return await work();
  } finally {
    await held.close();
    await unlink(lock);
  }
}
