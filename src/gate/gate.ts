import { type Bindings, NO_BINDINGS } from '../domain/binding.js';
import type { Authenticated, Identity } from '../domain/identity.js';
import type { Outcome } from '../domain/outcome.js';
import { NO_PERMISSIONS, type PermissionSet } from '../domain/permission.js';
import type { RouteMatch } from '../domain/route.js';
import { classify } from '../policy/classify.js';
import { decide } from '../policy/decide.js';
import { countingFor, heldPermissions, highestRole, reaching } from '../policy/effective.js';
import { changesState, judgeOrigin, type OriginFact } from '../policy/origin.js';
import { createLocator, type Placement } from '../policy/place.js';
import { type ParsedTarget, parseTarget } from '../policy/target/parse.js';
import { serializeTarget } from '../policy/target/serialize.js';
import { headerOf, type RawHeaders } from './headers.js';
import type { GatedService } from './service.js';

/** A request target read once: what it says and where it leads. Judged and forwarded from this object. */
export interface Reading<S extends GatedService> {
  readonly rawTarget: string;
  readonly parsed: ParsedTarget;
  readonly placement: Placement<S>;
}

export interface GateRequest {
  readonly requestId: string;
  /** As sent; HEAD is judged as GET. */
  readonly method: string;
  readonly headers: RawHeaders;
  readonly sourceIp: string | undefined;
}

export interface Judged<S extends GatedService> {
  readonly outcome: Outcome;
  readonly service: S | undefined;
  /** What the caller may do at the service. */
  readonly held: PermissionSet;
}

export interface GateOptions<S extends GatedService> {
  readonly services: readonly S[];
  /** Never rejects; what cannot be verified is `unverifiable`. */
  readonly authenticate: (headers: RawHeaders) => Promise<Identity>;
  /** Never rejects; what does not answer is named in `unavailable`. */
  readonly bindingsOf: (caller: Authenticated) => Promise<Bindings>;
}

export interface Gate<S extends GatedService> {
  read(host: string, rawTarget: string): Reading<S>;
  judge(request: GateRequest, reading: Reading<S>): Promise<Judged<S>>;
  /** The same judgement for a caller whose identity and bindings are given: `explain`, `matrix`, `replay`. */
  judgeAs(request: GateRequest, reading: Reading<S>, identity: Identity, bindings: Bindings): Judged<S>;
}

/** The order, and nothing else: authenticate, bindings, classify, decide. */
export function createGate<S extends GatedService>(options: GateOptions<S>): Gate<S> {
  const locate = createLocator(options.services);

  function read(host: string, rawTarget: string): Reading<S> {
    const parsed = parseTarget(rawTarget);
    const placement: Placement<S> =
      parsed.kind === 'canonical' ? locate(host, parsed.target) : { kind: 'unplaced' };
    return { rawTarget, parsed, placement };
  }

  async function judge(request: GateRequest, reading: Reading<S>): Promise<Judged<S>> {
    const identity = await options.authenticate(request.headers);
    const bindings = identity.kind === 'authenticated' ? await options.bindingsOf(identity) : NO_BINDINGS;
    return judgeAs(request, reading, identity, bindings);
  }

  function judgeAs(request: GateRequest, reading: Reading<S>, identity: Identity, all: Bindings): Judged<S> {
    const { parsed, placement } = reading;
    const service = placement.kind === 'service' ? placement.service : undefined;
    const match = matchOf(request.method, reading);
    const writes = match.kind === 'matched' && changesState(request.method, match.rule.effect);
    const counted = countingFor(all, writes);
    const bindings: Bindings = {
      ...counted,
      bindings: service === undefined ? [] : reaching(counted.bindings, service),
    };
    const held = service === undefined ? NO_PERMISSIONS : heldPermissions(bindings.bindings, service.grants);
    const decision = decide({
      method: request.method,
      match,
      identity,
      bindings,
      held,
      openRules: service?.openRules ?? NO_RULES,
      origin: guarded(identity, writes) ? originOf(request, match, service) : NOT_ASKED,
    });
    const outcome: Outcome = {
      requestId: request.requestId,
      method: request.method,
      target: parsed.kind === 'canonical' ? serializeTarget(parsed.target) : undefined,
      rawTarget: reading.rawTarget,
      place: service && {
        deployment: service.deployment,
        workspace: service.workspace,
        service: service.service,
      },
      identity,
      bindings,
      role: highestRole(bindings.bindings),
      match,
      decision,
      sourceIp: request.sourceIp,
    };
    return { outcome, service, held };
  }

  function originOf(request: GateRequest, match: RouteMatch, service: S | undefined): OriginFact {
    if (service === undefined || match.kind !== 'matched')
      return { kind: 'foreign', detail: 'no service stands here' };
    const { headers } = request;
    return judgeOrigin({
      method: request.method,
      effect: match.rule.effect,
      origin: headerOf(headers, 'origin'),
      referer: headerOf(headers, 'referer'),
      secFetchSite: headerOf(headers, 'sec-fetch-site'),
      ownOrigins: service.origins,
      serviceAt: (path) => {
        const { placement } = read(service.host ?? '', path);
        if (placement.kind === 'control' || placement.kind === 'home') return 'none';
        return placement.kind === 'service' && placement.service === service ? 'own' : 'other';
      },
    });
  }

  return { read, judge, judgeAs };
}

function matchOf<S extends GatedService>(method: string, { parsed, placement }: Reading<S>): RouteMatch {
  if (parsed.kind === 'ambiguous') return { kind: 'ambiguous', scope: 'target', detail: parsed.detail };
  if (placement.kind !== 'service') return { kind: 'unplaced' };
  const { service, prefixLength } = placement;
  return classify({ routes: service.routes, method, target: parsed.target, prefixLength });
}

/** Only a cookie travels without the page asking for it; a page's own reads are nobody's harm. */
function guarded(identity: Identity, writes: boolean): boolean {
  return writes && identity.kind === 'authenticated' && identity.credential === 'cookie';
}

/** Refuses, should it ever be read where it was not asked for. */
const NOT_ASKED: OriginFact = { kind: 'foreign', detail: 'the origin was not looked at' };
const NO_RULES: ReadonlySet<string> = new Set();
