import type { KeyLayout } from './keys.js';
import type { RedisLink } from './link.js';
import type { RevocationMirror } from './revocations.js';

/**
 * Sessions of our own sign-in that were ended before their time, for all gateways that share a Redis. Asking it waits
 * for nothing. Before the list was loaded it knows of none; the revocation list then lets nobody in at all.
 */
export interface SharedSessionEnds {
  /** Epoch seconds: sessions under one of these names that began then or before are over. Undefined: none is. */
  endedAt(names: readonly string[]): number | undefined;
  /** Rejects where Redis does not take it. `untilSeconds`: nobody asks later. */
  end(name: string, atSeconds: number, untilSeconds: number): Promise<void>;
}

export function createSharedSessionEnds(parts: {
  readonly link: RedisLink;
  readonly layout: KeyLayout;
  readonly mirror: RevocationMirror;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}): SharedSessionEnds {
  const { link, layout, mirror, now = Date.now } = parts;
  return {
    endedAt(names) {
      const times = names.flatMap((name) => mirror.limitOf(layout.endedSession(name)) ?? []);
      return times.length === 0 ? undefined : Math.max(...times);
    },
    async end(name, atSeconds, untilSeconds) {
      const seconds = Math.max(1, Math.ceil(untilSeconds - now() / 1000));
      await link.call('SET', layout.endedSession(name), String(Math.ceil(atSeconds)), 'EX', String(seconds));
    },
  };
}
