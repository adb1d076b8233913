import { open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthProxyError } from '../domain/errors.js';
import { createOnce } from '../state/create-once.js';
import { type GeneratedKeyType, generateKey, readSigningKey, type SigningKey } from './signing-key.js';

/** The keys of one kind: the one that signs now, and all that an upstream may still or already meet. */
export interface KeyRing {
  signing(): SigningKey;
  published(): readonly SigningKey[];
  /** Reads the file again where it is due. Never rejects: the keys in force stay. */
  refresh(): Promise<void>;
}

/** One key and when it was published, epoch milliseconds. */
export interface RingEntry {
  readonly key: SigningKey;
  readonly publishedAtMs: number;
}

/**
 * How long a key is published before it signs. Airflow keeps what it read for an hour and asks for no unknown key
 * before (api_fastapi/auth/tokens.py `JWKS`, 3.0 to 3.3); twice that, for clocks and restarts.
 */
export const PUBLISH_LEAD_MS = 2 * 60 * 60 * 1000;
/** How long a key is still published after its successor signs: the last assertion lives two minutes at most. */
export const RETIRE_AFTER_MS = 10 * 60 * 1000;
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
    text = await createOnce(path, () => format([{ pem: generateKey(type), publishedAtMs: now() }]));
  } catch (cause) {
    const remedy = 'make `server.stateDir` writable or give the service a `keyFile`';
    throw new AuthProxyError('config', `signing keys \`${path}\` cannot be made; ${remedy}`, { cause });
  }
  let entries = await parseRing(text, path);
  let checkedAtMs = now();

  async function refresh(): Promise<void> {
    if (now() - checkedAtMs < CHECK_EVERY_MS) return;
    checkedAtMs = now();
    try {
      const next = await readFile(path, 'utf8');
      if (next === text) return;
      entries = await parseRing(next, path);
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

/** The newest key that upstreams had time to read; the first one signs at once, nobody knew another. */
export function signingAt(entries: readonly RingEntry[], nowMs: number): SigningKey {
  const ready = entries.filter(
    ({ publishedAtMs }, at) => at === 0 || publishedAtMs + PUBLISH_LEAD_MS <= nowMs,
  );
  const newest = ready.at(-1);
  if (newest === undefined) throw new RangeError('a key ring is never empty');
  return newest.key;
}

/** All keys but those whose successor has signed for long enough. */
export function publishedAt(entries: readonly RingEntry[], nowMs: number): readonly SigningKey[] {
  return entries.filter((_, at) => !isRetired(entries[at + 1], nowMs)).map(({ key }) => key);
}

function isRetired(successor: { readonly publishedAtMs: number } | undefined, nowMs: number): boolean {
  return successor !== undefined && successor.publishedAtMs + PUBLISH_LEAD_MS + RETIRE_AFTER_MS <= nowMs;
}

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
    const stored = parseStored(await readFile(path, 'utf8'), path);
    const pem = generateKey(type);
    const publishedAtMs = options.immediately ? nowMs - PUBLISH_LEAD_MS : nowMs;
    const kept = options.immediately ? [] : stored.filter((_, at) => !isRetired(stored[at + 1], nowMs));
    const draft = `${path}.draft`;
    await writeFile(draft, format([...kept, { pem, publishedAtMs }]), { mode: 0o600 });
    await rename(draft, path);
    const { kid } = await readSigningKey(pem, path);
    return { kid, signsFromMs: options.immediately ? nowMs : nowMs + PUBLISH_LEAD_MS };
  });
}

export function ringPath(stateDir: string, type: GeneratedKeyType): string {
  return join(stateDir, `signing-keys-${type}.json`);
}

interface StoredKey {
  readonly pem: string;
  readonly publishedAtMs: number;
}

function format(keys: readonly StoredKey[]): string {
  const stored = keys.map(({ pem, publishedAtMs }) => ({
    publishedAt: new Date(publishedAtMs).toISOString(),
    pem,
  }));
  return `${JSON.stringify({ keys: stored }, null, 2)}\n`;
}

async function parseRing(text: string, path: string): Promise<readonly RingEntry[]> {
  return Promise.all(
    parseStored(text, path).map(async ({ pem, publishedAtMs }) => ({
      key: await readSigningKey(pem, path),
      publishedAtMs,
    })),
  );
}

function parseStored(text: string, path: string): readonly StoredKey[] {
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
