import type { Session } from './session.js';

/**
 * Sessions that were ended before their time. The list in memory reaches this process; one that is shared, as in
 * Redis, makes an end known to all.
 */
export interface SessionRevocations {
  /** Epoch seconds: sessions under one of these names that began then or before are over. Undefined: none is. */
  endedAt(names: readonly string[]): number | undefined;
  /** Ends what began until now under a name. Resolved when it is in force here. `untilSeconds`: nobody asks later. */
  end(name: string, atSeconds: number, untilSeconds: number): Promise<void>;
}

/** The names a session can be ended by: its own, the provider's for it, and its person. */
export function revocationNames(
  session: Pick<Session, 'id' | 'issuer' | 'subject' | 'providerSession'>,
): string[] {
  const { id, issuer, subject, providerSession } = session;
  const sid = providerSession === undefined ? [] : [providerSessionName(issuer, providerSession)];
  return [sessionName(id), subjectName(issuer, subject), ...sid];
}

export function sessionName(id: string): string {
  return JSON.stringify(['session', id]);
}

export function subjectName(issuer: string, subject: string): string {
  return JSON.stringify(['subject', issuer, subject]);
}

export function providerSessionName(issuer: string, sid: string): string {
  return JSON.stringify(['sid', issuer, sid]);
}

export interface MemoryRevocationsOptions {
  /** Most names kept. Default 100000. */
  readonly maxEntries?: number;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

/** The list of one process. Bounded: when it is full, every session as old as the oldest entry is over as well. */
export function createMemoryRevocations(options: MemoryRevocationsOptions = {}): SessionRevocations {
  const { maxEntries = 100_000, now = Date.now } = options;
  const entries = new Map<string, { readonly atSeconds: number; readonly untilSeconds: number }>();
  let everybodyAt: number | undefined;

  function makeRoom(): void {
    const nowSeconds = now() / 1000;
    for (const [name, { untilSeconds }] of entries) if (untilSeconds <= nowSeconds) entries.delete(name);
    while (entries.size >= maxEntries) {
      const [oldest] = entries;
      if (oldest === undefined) return;
      // INVARIANT: forgetting an end never lets anybody in again.
      everybodyAt = Math.max(everybodyAt ?? 0, oldest[1].atSeconds);
      entries.delete(oldest[0]);
    }
  }

  return {
    endedAt(names) {
      const times = names.flatMap((name) => entries.get(name)?.atSeconds ?? []);
      if (everybodyAt !== undefined) times.push(everybodyAt);
      return times.length === 0 ? undefined : Math.max(...times);
    },
    async end(name, atSeconds, untilSeconds) {
      if (entries.size >= maxEntries) makeRoom();
      const before = entries.get(name);
      entries.delete(name);
      entries.set(name, {
        atSeconds: Math.max(atSeconds, before?.atSeconds ?? 0),
        untilSeconds: Math.max(untilSeconds, before?.untilSeconds ?? 0),
      });
    },
  };
}
