import { AuthProxyError } from '../domain/errors.js';
import type { Algorithm } from './algorithms.js';
import { findKey, type JwkSet, parseJwkSet } from './jwk-set.js';
import { causeOf, type KeyAnswer, type KeySet, type KeySetEvent } from './key-set.js';

export interface UrlKeySetOptions {
  /** `https:`, or `http:` on a loopback host. */
  readonly url: string;
  readonly onEvent?: (event: KeySetEvent) => void;
  /** Monotonic milliseconds. */
  readonly monotonicNow?: () => number;
}

const FRESH_MS = 600 * 1000;
/** Least time since the last fetch before an unknown kid causes another: a flood of made-up kids costs one. */
const UNKNOWN_KID_GAP_MS = 30 * 1000;
/** Least time since the last fetch before a failed or aged one is tried again. */
const RETRY_GAP_MS = 5 * 1000;
/** The last good keys are used for this long without a successful fetch; then nobody can be verified. */
const HARD_MAX_AGE_MS = 60 * 60 * 1000;
const TIMEOUT_MS = 5000;
const MAX_BYTES = 1024 * 1024;

/**
 * Keys from a JWK Set document on the network. Fetched on first use, refreshed in the background after 600 s, once
 * more for an unknown kid but at most every 30 s, one fetch at a time, no redirects, 5 s, 1 MiB. When fetching
 * fails the last good keys hold for one hour, not longer: a revoked key must not live on behind an outage.
 *
 * Trusted here: TLS and the name in the configured URL. No URL in a token is ever looked at.
 *
 * @throws {AuthProxyError} `config` when the URL is neither https nor loopback http
 */
export function createUrlKeySet(options: UrlKeySetOptions): KeySet {
  const { onEvent = () => {}, monotonicNow = () => performance.now() } = options;
  const url = checkedUrl(options.url);
  const name = `${url.origin}${url.pathname}`;
  let set: JwkSet | undefined;
  let content: string | undefined;
  let generation = 0;
  let cause = 'not loaded';
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function load(): Promise<void> {
    try {
      const bytes = await fetchDocument(url);
      const next = parseJwkSet(bytes);
      const text = Buffer.from(bytes).toString('latin1');
      if (text !== content) {
        generation += 1;
        onEvent({ kind: 'loaded', message: `key set \`${name}\` loaded`, ignored: next.ignored });
      }
      set = next;
      content = text;
      loadedAtMs = monotonicNow();
    } catch (error) {
      cause = causeOf(error);
      onEvent({ kind: 'failed', message: `key set \`${name}\`: ${cause}` });
    } finally {
      fetching = undefined;
    }
  }

  function refresh(gapMs: number): Promise<void> {
    if (fetching === undefined && monotonicNow() - triedAtMs >= gapMs) {
      triedAtMs = monotonicNow();
      fetching = load();
    }
    return fetching ?? Promise.resolve();
  }

  function usable(): JwkSet | undefined {
    const ageMs = monotonicNow() - loadedAtMs;
    if (ageMs >= FRESH_MS) void refresh(RETRY_GAP_MS);
    return ageMs < HARD_MAX_AGE_MS ? set : undefined;
  }

  return {
    async find(algorithm: Algorithm, kid: string | undefined): Promise<KeyAnswer> {
      if (usable() === undefined) await refresh(RETRY_GAP_MS);
      const current = usable();
      if (current === undefined) return { kind: 'unavailable', cause: `key set \`${name}\`: ${cause}` };
      const match = findKey(current, algorithm, kid);
      if (match.kind !== 'none') return match;
      await refresh(UNKNOWN_KID_GAP_MS);
      const renewed = usable();
      if (renewed === undefined) return { kind: 'unavailable', cause: `key set \`${name}\`: ${cause}` };
      return findKey(renewed, algorithm, kid);
    },
    generation() {
      return usable() === undefined ? undefined : generation;
    },
    async ready() {
      if (usable() === undefined) await refresh(RETRY_GAP_MS);
      return usable() !== undefined;
    },
  };
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))) return url;
  throw new AuthProxyError(
    'config',
    `key set \`${text}\` is not an https URL; use https, or http on a loopback host`,
  );
}

async function fetchDocument(url: URL): Promise<Uint8Array> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    if (response.status !== 200)
      throw new Error(`answered ${response.status || 'with a redirect'} instead of 200`);
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength;
      if (length > MAX_BYTES) throw new Error('longer than 1 MiB');
      chunks.push(chunk);
    }
  } catch (error) {
    await response.body?.cancel().catch(() => {});
    throw error;
  }
  return Buffer.concat(chunks);
}
