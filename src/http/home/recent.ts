import type { DenyReason } from '../../domain/denial.js';
import type { ServiceRef } from '../../domain/deployment.js';
import type { Outcome } from '../../domain/outcome.js';
import { type Principal, subjectOf } from '../../domain/principal.js';
import type { Ending } from '../public/ending.js';
import type { RecentDenial, ServiceState } from './model.js';

/** What this process saw lately, in memory and bounded. */
export interface Recent {
  /** Called once for each request that ended. */
  note(outcome: Outcome, ending: Ending): void;
  /** The person's own denials, the latest first. */
  denialsOf(principal: Principal): readonly RecentDenial[];
  stateOf(place: Pick<ServiceRef, 'deployment' | 'service'>): ServiceState;
}

export interface RecentOptions {
  readonly maxPeople?: number;
  readonly maxDenials?: number;
  /** What was heard of an upstream longer ago says nothing any more. */
  readonly staleAfterMs?: number;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

const MAX_PATH_CHARACTERS = 200;
/** Nothing usable came from the upstream. */
const DOWN: ReadonlySet<DenyReason> = new Set([
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-invalid',
  'assertion-refused',
]);
/** What an upstream's own front, as an ingress, answers in its place (RFC 9110 15.6.3 to 15.6.5). */
const FRONT_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

export function createRecent(options: RecentOptions = {}): Recent {
  const { maxPeople = 1000, maxDenials = 20, staleAfterMs = 5 * 60 * 1000, now = Date.now } = options;
  const denials = new Map<string, RecentDenial[]>();
  const states = new Map<string, { readonly kind: 'up' | 'down'; readonly asOfMs: number }>();

  function noteState(place: ServiceRef, ending: Ending): void {
    const down = ending.kind === 'denied' ? DOWN.has(ending.reason) : FRONT_STATUSES.has(ending.statusCode);
    const heard = ending.kind === 'forwarded' || down || upstreamSaidNo(ending);
    if (heard) states.set(keyOf(place), { kind: down ? 'down' : 'up', asOfMs: now() });
  }

  function noteDenial(outcome: Outcome, place: ServiceRef, reason: DenyReason): void {
    const { identity, target, method, decision } = outcome;
    // What somebody holds no role in is not shown to them, not even as denied.
    if (identity.kind !== 'authenticated' || target === undefined || outcome.role === undefined) return;
    const person = subjectOf(identity.principal);
    const before = denials.get(person) ?? [];
    denials.delete(person);
    const denial: RecentDenial = {
      atMs: now(),
      deployment: place.deployment,
      service: place.service,
      method: method.slice(0, 16),
      path: (target.split('?', 1)[0] ?? '').slice(0, MAX_PATH_CHARACTERS),
      reason,
      permission: decision.permission,
    };
    denials.set(person, [denial, ...before].slice(0, maxDenials));
    if (denials.size <= maxPeople) return;
    const [oldest] = denials.keys();
    if (oldest !== undefined) denials.delete(oldest);
  }

  return {
    note(outcome, ending) {
      const { place } = outcome;
      if (place === undefined) return;
      noteState(place, ending);
      if (ending.kind === 'denied') noteDenial(outcome, place, ending.reason);
    },
    denialsOf: (principal) => denials.get(subjectOf(principal)) ?? [],
    stateOf(place) {
      const state = states.get(keyOf(place));
      return state === undefined || now() - state.asOfMs > staleAfterMs ? { kind: 'unknown' } : state;
    },
  };
}

function upstreamSaidNo(ending: Ending): boolean {
  return ending.kind === 'denied' && ending.reason === 'upstream-denied';
}

/** Places are of the configuration, so there are only so many. */
function keyOf({ deployment, service }: Pick<ServiceRef, 'deployment' | 'service'>): string {
  return `${deployment} ${service}`;
}
