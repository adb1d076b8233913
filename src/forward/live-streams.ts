/** Why a stream that nobody asked to end is ended. */
export type StreamEnd = 'revoked' | 'lowered' | 'shutting-down';

export interface LiveStream {
  /** Undefined where nobody is asserted. */
  readonly subject: string | undefined;
  readonly requestId?: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  abort(reason: StreamEnd): void;
}

/**
 * Every request and tunnel between its dispatch and its last byte, findable by whose it is: an answer may stream for
 * hours, and losing the role or being revoked has to end it. One registry for all services of a process.
 */
export interface LiveStreams {
  /** Returns the function that takes the stream out again; calling it twice is harmless. */
  add(stream: LiveStream): () => void;
  list(): readonly LiveStream[];
  /** How many were ended. */
  abortSubject(subject: string, reason: StreamEnd): number;
  /** Ends what one request left open; requests of the same caller that were judged later stay. */
  abortRequest(requestId: string, reason: StreamEnd): number;
  abortAll(reason: StreamEnd): number;
}

export function createLiveStreams(): LiveStreams {
  const bySubject = new Map<string | undefined, Set<LiveStream>>();

  function abortEach(streams: Iterable<LiveStream>, reason: StreamEnd): number {
    // A copy: aborting takes the stream out of the set that is walked.
    const all = [...streams];
    for (const stream of all) stream.abort(reason);
    return all.length;
  }
  const all = (): LiveStream[] => [...bySubject.values()].flatMap((streams) => [...streams]);

  return {
    add(stream) {
      const streams = bySubject.get(stream.subject) ?? new Set();
      bySubject.set(stream.subject, streams.add(stream));
      return function remove() {
        // The set found now: the one the stream was added to may have emptied and been replaced.
        const current = bySubject.get(stream.subject);
        if (current?.delete(stream) === true && current.size === 0) bySubject.delete(stream.subject);
      };
    },
    list: all,
    abortSubject: (subject, reason) => abortEach(bySubject.get(subject) ?? [], reason),
    abortRequest: (requestId, reason) =>
      abortEach(
        all().filter((stream) => stream.requestId === requestId),
        reason,
      ),
    abortAll: (reason) => abortEach(all(), reason),
  };
}
