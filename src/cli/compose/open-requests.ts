import type { Authenticate, Revocations } from '../../credentials/authenticate.js';
import type { ResolveBindings } from '../../directory/union.js';
import type { Authenticated } from '../../domain/identity.js';
import type { Outcome } from '../../domain/outcome.js';
import { missingFrom } from '../../domain/permission.js';
import type { LiveStreams, StreamEnd } from '../../forward/live-streams.js';
import type { Gate, Judged } from '../../gate/gate.js';
import type { RawHeaders } from '../../gate/headers.js';
import type { GatedService } from '../../gate/service.js';
import { heldPermissions, reaching } from '../../policy/effective.js';

export interface OpenRequestsOptions {
  readonly authenticate: Authenticate;
  readonly revocations: Revocations | undefined;
  readonly bindingsOf: ResolveBindings;
  readonly streams: LiveStreams;
  /** How often everything open is looked at, milliseconds. */
  readonly everyMs?: number;
  /** What is younger is left to end by itself, milliseconds: it was right when it was judged. */
  readonly minimumAgeMs?: number;
}

/** Where requests begin and end. */
interface Ends<S extends GatedService, Rest extends readonly unknown[]> {
  readonly gate: Gate<S>;
  readonly concluded: (outcome: Outcome, ...rest: Rest) => void;
}

/** What was allowed and has not ended. */
export interface OpenRequests {
  /** The same two, that tell us of every request between them. */
  around<S extends GatedService, Rest extends readonly unknown[]>(ends: Ends<S, Rest>): Ends<S, Rest>;
  close(): void;
}

interface OpenRequest {
  readonly caller: Authenticated;
  readonly headers: RawHeaders;
  readonly judged: Judged<GatedService>;
  readonly judgedAt: number;
}

const EVERY_MS = 200;
/** Long for a request, short beside the bound of a second. */
const MINIMUM_AGE_MS = 400;

/**
 * Keeps asking of everything that streams whether its caller would still be let in, by the same sources and caches as a
 * new request, and ends what somebody revoked or lowered left open. An outage ends nothing: what was allowed stays until
 * somebody says otherwise. Neither does the end of a token's time: it says when one may begin.
 */
export function createOpenRequests(options: OpenRequestsOptions): OpenRequests {
  const {
    authenticate,
    revocations,
    bindingsOf,
    streams,
    everyMs = EVERY_MS,
    minimumAgeMs = MINIMUM_AGE_MS,
  } = options;
  const open = new Map<string, OpenRequest>();
  let looking = false;

  /** Why it has to end; undefined where it may go on. */
  async function endOf({ caller, headers, judged }: OpenRequest): Promise<StreamEnd | undefined> {
    if (caller.principal.kind === 'service-account') {
      const identity = await authenticate(headers);
      if (identity.kind === 'rejected') return 'revoked';
    } else if (isRevoked(caller, revocations)) {
      return 'revoked';
    }
    const { service, held } = judged;
    if (service === undefined) return undefined;
    const now = await bindingsOf(caller);
    if (now.unavailable.length > 0 || (now.stale ?? []).length > 0) return undefined;
    const heldNow = heldPermissions(reaching(now.bindings, service), service.grants);
    return missingFrom(held, heldNow).length > 0 ? 'lowered' : undefined;
  }

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const until = performance.now() - minimumAgeMs;
      const old = [...open].filter(([, { judgedAt }]) => judgedAt <= until);
      const ends = await Promise.all(old.map(([, request]) => endOf(request)));
      old.forEach(([requestId], index) => {
        const end = ends[index];
        // Not before it is there: between the judgement and the way upstream there is nothing to end yet.
        if (end !== undefined && streams.abortRequest(requestId, end) > 0) open.delete(requestId);
      });
    } finally {
      looking = false;
    }
  }

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();

  function add(judged: Judged<GatedService>, headers: RawHeaders): void {
    const { requestId, identity, decision } = judged.outcome;
    if (identity.kind !== 'authenticated' || decision.reason !== 'permission-held') return;
    open.set(requestId, { caller: identity, headers, judged, judgedAt: performance.now() });
  }

  return {
    around: ({ gate, concluded }) => ({
      gate: {
        ...gate,
        async judge(request, reading) {
          const judged = await gate.judge(request, reading);
          add(judged, request.headers);
          return judged;
        },
      },
      concluded(outcome, ...rest) {
        open.delete(outcome.requestId);
        concluded(outcome, ...rest);
      },
    }),
    close: () => clearInterval(timer),
  };
}

function isRevoked({ principal, claims }: Authenticated, revocations: Revocations | undefined): boolean {
  const { jti, iat } = claims;
  const answer = revocations?.check({
    kind: principal.kind,
    subject: principal.id,
    jti: typeof jti === 'string' ? jti : undefined,
    iat: typeof iat === 'number' ? iat : undefined,
  });
  return answer === 'revoked';
}
