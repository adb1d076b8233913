import type { SessionRevocations } from './revocations.js';

/**
 * The list of this process beside those that are shared, which may refuse an end while what they stand on is away. An end is in force here at once; `onUnshared` is told where the
 * others could not be told, who then learn of it when the session is renewed.
 */
export function joinRevocations(
  own: SessionRevocations,
  shared: readonly SessionRevocations[],
  onUnshared: (cause: unknown) => void,
): SessionRevocations {
  if (shared.length === 0) return own;
  const all = [own, ...shared];
  return {
    endedAt(names) {
      const times = all.flatMap((list) => list.endedAt(names) ?? []);
      return times.length === 0 ? undefined : Math.max(...times);
    },
    async end(name, atSeconds, untilSeconds) {
      await own.end(name, atSeconds, untilSeconds);
      await Promise.all(shared.map((list) => list.end(name, atSeconds, untilSeconds).catch(onUnshared)));
    },
  };
}
