import { createHash } from 'node:crypto';
import type { Binding, RoleSource, SourceAnswer } from '../../domain/binding.js';
import type { Authenticated } from '../../domain/identity.js';
import { causeOf } from '../cause.js';
import { createHealth } from '../health.js';
import { createLoadingCache, type Entry } from '../loading-cache.js';
import { createBreaker } from './breaker.js';
import { ROLE_BINDINGS_QUERY, readReply } from './reply.js';

export interface HoustonSourceOptions {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly cacheSeconds: number;
  readonly cacheEntries: number;
  /** How long the last answer counts, for reads only, while Houston does not answer. 0: not at all. */
  readonly staleForSeconds: number;
  /** The verified token a caller came with. */
  readonly tokenOf: (caller: Authenticated) => string | undefined;
  readonly onUp?: (up: boolean, cause: string | undefined) => void;
}

const MAX_REPLY_BYTES = 1024 * 1024;
const FAILURES = 5;
const OPEN_MS = 5000;
/** Who holds nothing yet is the one who waits for a role. */
const NEGATIVE_TTL_MS = 1000;

/**
 * Roles from Houston, or something compatible, asked with the caller's own token: it says what it would let the caller
 * see. Service accounts are not asked for, since their key is none of Houston's.
 *
 * Trusted here: the endpoint, as the configuration names it. It gets the platform token of every caller.
 */
export function createHoustonSource(options: HoustonSourceOptions): RoleSource {
  const { name, url, timeoutMs, tokenOf, onUp = () => {} } = options;
  const health = createHealth(onUp);
  const breaker = createBreaker({ failures: FAILURES, openMs: OPEN_MS });
  const tokens = new Map<string, string>();
  const cache = createLoadingCache<readonly Binding[]>({
    max: options.cacheEntries,
    load: async (key) => {
      try {
        const bindings = await breaker(() => ask(tokens.get(key) ?? ''));
        health.report(undefined);
        return bindings;
      } catch (error) {
        health.report(error);
        throw error;
      }
    },
    ttlMsOf: (bindings) =>
      bindings.length === 0
        ? Math.min(NEGATIVE_TTL_MS, options.cacheSeconds * 1000)
        : options.cacheSeconds * 1000,
  });

  async function ask(token: string): Promise<readonly Binding[]> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: ROLE_BINDINGS_QUERY }),
      // A redirect would carry the token to where nobody said.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readText(response);
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return readReply(JSON.parse(text), name);
  }

  function answer({ value, readAt }: Entry<readonly Binding[]>, stale: boolean): SourceAnswer {
    const ageMs = Math.max(0, performance.now() - readAt);
    return {
      kind: 'found',
      bindings: value,
      asOf: Math.floor(Date.now() - ageMs),
      ...(stale ? { stale: true } : {}),
    };
  }

  return {
    name,
    async find(caller) {
      const token = tokenOf(caller);
      if (token === undefined) return { kind: 'found', bindings: [], asOf: Date.now() };
      const key = createHash('sha256').update(token).digest('base64url');
      const known = cache.fresh(key);
      if (known !== undefined) return answer(known, false);
      tokens.set(key, token);
      try {
        return answer(await cache.get(key), false);
      } catch (error) {
        const last = cache.last(key);
        if (last !== undefined && performance.now() - last.readAt <= options.staleForSeconds * 1000)
          return answer(last, true);
        return { kind: 'unavailable', source: name, cause: causeOf(error) };
      } finally {
        tokens.delete(key);
      }
    },
  };
}

/** The whole body, as long as it is not too long. */
async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_REPLY_BYTES) throw new Error(`it answered with more than ${MAX_REPLY_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
