import { canonicalPath, rawPath } from '../../audit/field.js';
import { NO_BINDINGS } from '../../domain/binding.js';
import { DENIAL_STATUS } from '../../domain/denial.js';
import type { ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import type { Role } from '../../domain/role.js';
import { SIGN_IN_RULE, SIGN_OUT_RULE } from '../../http/public/sign-in.js';
import { bearerOf, type Caller, REHEARSED_CALLER, type Rehearsal } from '../compose/rehearse.js';
import type { ConfiguredService } from '../compose/services.js';
import { selectingQuery } from '../matrix/selecting-query.js';
import type { RecordedCaller, RecordedRequest } from './recorded.js';
import type { Rejudged } from './tally.js';

export interface RejudgeOptions {
  readonly services: readonly ConfiguredService[];
  readonly rehearsal: Rehearsal<ConfiguredService>;
  /** Judges every request as this role, whatever the log says. */
  readonly role: Role | undefined;
  /** The service that wrote the log: its targets may lack the public path. */
  readonly writer: { readonly deployment: string; readonly service: ServiceKind } | undefined;
}

/**
 * Judges a recorded request as the public door would now. What the log does not keep is taken in the request's favor:
 * it came with a Bearer token, and its query selected what the recorded rule says.
 *
 * @throws {AuthProxyError} `config` where neither the log nor `role` says who asked
 */
export function createRejudge({ services, rehearsal, role, writer }: RejudgeOptions) {
  return function rejudge(recorded: RecordedRequest): Rejudged {
    const place = recorded.place ?? writer;
    const service = services.find(
      (one) => one.deployment === place?.deployment && one.service === place.service,
    );
    const host = service?.host ?? recorded.host ?? '';
    const written = service === undefined ? recorded.target : rehearsal.fullTarget(service, recorded.target);
    const target = `${written}${service === undefined ? '' : queryOf(service, recorded)}`;
    const { placement } = rehearsal.gate.read(host, target);
    const at = placement.kind === 'service' ? placement.service : NOWHERE;
    const asked = role === undefined ? roleOf(recorded.caller) : role;
    const caller = role === undefined ? callerOf(recorded.caller, at) : bearerOf(role, at);
    const rehearsed = rehearsal.rehearse(caller, { host, method: recorded.method, target });

    if (rehearsed.kind === 'answered') {
      const { what, status } = rehearsed;
      return { ...NOTHING, decision: 'answered', reason: what, status, role: asked, path: rawPath(target) };
    }
    const { decision, match, target: canonical } = rehearsed.outcome;
    const rule = decision.rule ?? (match.kind === 'matched' ? match.rule : undefined);
    const found = {
      role: asked,
      rule: rule?.id,
      permission: decision.permission,
      path: rule?.path ?? (canonical === undefined ? rawPath(target) : canonicalPath(canonical)),
    };
    if (rule?.id === SIGN_IN_RULE || rule?.id === SIGN_OUT_RULE)
      return { ...found, decision: 'answered', reason: rule.id, status: 302 };
    const status = decision.kind === 'allow' ? 200 : DENIAL_STATUS[decision.reason];
    return { ...found, decision: decision.kind, reason: decision.reason, status };
  };
}

const NOWHERE = { deployment: '', workspace: '' };
const NOTHING = { rule: undefined, permission: undefined };

/** Audit records keep no query, but the rule that the query had selected. */
function queryOf(service: ConfiguredService, { rule, target }: RecordedRequest): string {
  if (rule === undefined || target.includes('?')) return '';
  const entry = service.routes.entries.find((one) => one.rule.id === rule && one.query !== undefined);
  return entry === undefined ? '' : selectingQuery(entry, '1');
}

function roleOf(caller: RecordedCaller): Role | undefined {
  return caller.kind === 'known' ? caller.role : undefined;
}

function callerOf(recorded: RecordedCaller, place: typeof NOWHERE): Caller {
  switch (recorded.kind) {
    case 'unsaid':
      throw new AuthProxyError(
        'config',
        'this log does not say which role asked; add --role VIEWER, EDITOR or ADMIN',
      );
    case 'known': {
      const { role, credential, unavailable } = recorded;
      const held = role === undefined ? [] : bearerOf(role, place).bindings.bindings;
      return {
        identity: { ...REHEARSED_CALLER, credential },
        bindings: { bindings: held, unavailable },
      };
    }
    case 'anonymous':
      return { identity: { kind: 'anonymous' }, bindings: NO_BINDINGS };
    case 'ambiguous':
      return { identity: { kind: 'ambiguous', detail: 'as recorded' }, bindings: NO_BINDINGS };
    case 'rejected':
      return {
        identity: { kind: 'rejected', code: recorded.code, detail: 'as recorded' },
        bindings: NO_BINDINGS,
      };
    case 'unverifiable':
      return { identity: { kind: 'unverifiable', cause: 'as recorded' }, bindings: NO_BINDINGS };
    default:
      return recorded satisfies never;
  }
}
