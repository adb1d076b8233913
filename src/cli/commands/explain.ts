import { DENIAL_STATUS } from '../../domain/denial.js';
import { SERVICES, type ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { isLevel, isRole, type Role, roleOf } from '../../domain/role.js';
import { SIGN_IN_RULE, SIGN_OUT_RULE } from '../../http/public/sign-in.js';
import { type Loaded, load } from '../compose/load.js';
import {
  bearerOf,
  createRehearsal,
  grantedBy,
  type Rehearsed,
  type RehearsedRequest,
} from '../compose/rehearse.js';
import { type ConfiguredService, composeServices } from '../compose/services.js';
import { targetLimitsOf } from '../compose/target-bytes.js';

export interface ExplainOptions {
  readonly config: string;
  readonly deployment: string;
  readonly service: ServiceKind;
  readonly role: string;
  readonly json: boolean;
}

/** What `explain --json` prints. */
export interface Explanation {
  readonly decision: 'allow' | 'deny';
  readonly reason: string;
  readonly status: number;
  readonly rule: string | null;
  readonly permission: string | null;
  readonly role: Role;
  readonly grantedBy: readonly Role[];
  /** Present where an advisory raised what the rule demands for this version. */
  readonly advisory?: string;
}

/** Says what the gateway would answer and why. The answer itself is no failure: a denial is a fine explanation. */
export async function explain(method: string, target: string, options: ExplainOptions): Promise<string> {
  return createExplainer(await load(options.config))(method, target, options);
}

/** @throws {AuthProxyError} `config`, by what it returns: for a role or a service that is none */
export function createExplainer({ config, catalogs }: Pick<Loaded, 'config' | 'catalogs'>) {
  const services = composeServices(config, catalogs);
  const rehearsal = createRehearsal(services, targetLimitsOf(config.server.limits));

  return function explainRequest(
    method: string,
    target: string,
    options: Omit<ExplainOptions, 'config'>,
  ): string {
    const role = readRole(options.role);
    const service = services.find(
      (one) => one.deployment === options.deployment && one.service === options.service,
    );
    if (service === undefined) throw noService(options, services);
    const request = {
      host: service.host ?? '',
      method: method.toUpperCase(),
      target: rehearsal.fullTarget(service, target),
    };
    const rehearsed = rehearsal.rehearse(bearerOf(role, service), request);
    const explanation = toExplanation(rehearsed, role, service);
    return options.json ? JSON.stringify(explanation) : toText(request, rehearsed, explanation);
  };
}

export function toExplanation(rehearsed: Rehearsed, role: Role, service: ConfiguredService): Explanation {
  if (rehearsed.kind === 'answered') {
    const { what, status } = rehearsed;
    return {
      decision: 'allow',
      reason: what,
      status,
      rule: null,
      permission: null,
      role,
      grantedBy: [],
    };
  }
  const { outcome } = rehearsed;
  const { decision } = outcome;
  const advisory = decision.rule?.advisory;
  return {
    decision: decision.kind,
    reason: decision.reason,
    status: decision.kind === 'allow' ? 200 : DENIAL_STATUS[decision.reason],
    rule: decision.rule?.id ?? null,
    permission: decision.permission ?? null,
    role,
    grantedBy: grantedBy(outcome, service),
    ...(advisory === undefined ? {} : { advisory }),
  };
}

export function readRole(written: string): Role {
  const name = written.toUpperCase();
  if (isRole(name)) return name;
  if (isLevel(name)) return roleOf('WORKSPACE', name);
  throw new AuthProxyError(
    'config',
    `role \`${written}\` is not a role; write VIEWER, EDITOR, ADMIN or a full name like DEPLOYMENT_EDITOR`,
  );
}

function noService(
  { deployment, service }: Omit<ExplainOptions, 'config'>,
  services: readonly ConfiguredService[],
): AuthProxyError {
  const known = services.filter((one) => one.service === service).map((one) => `\`${one.deployment}\``);
  const remedy =
    known.length === 0
      ? `no deployment has a ${service} service`
      : `those with ${service} are ${known.join(', ')}`;
  return new AuthProxyError(
    'config',
    `deployment \`${deployment}\` has no service \`${service}\`; ${remedy}`,
  );
}

function toText(
  { method, target }: RehearsedRequest,
  rehearsed: Rehearsed,
  { grantedBy: roles, role, status, permission }: Explanation,
): string {
  if (rehearsed.kind === 'answered')
    return `${method} ${target}\nanswered by the gateway itself, whoever asks: ${OWN_ANSWERS[rehearsed.what]}`;
  const { decision, target: canonical } = rehearsed.outcome;
  const { rule } = decision;
  const detail = decision.kind === 'deny' && decision.detail !== undefined ? ` (${decision.detail})` : '';
  const own = rule === undefined ? undefined : OWN_PAGES[rule.id];
  return [
    `${method} ${canonical ?? '(ambiguous target)'}`,
    `${decision.kind} for ${role}: ${decision.reason}${detail}${decision.kind === 'deny' ? `, status ${status}` : ''}`,
    ...(rule === undefined
      ? ['rule: none']
      : [
          `rule: ${rule.id} (${rule.path}), ${rule.why}`,
          `needs: ${rule.permissions.join(' and ') || 'nobody may'}`,
        ]),
    ...(decision.reason === 'insufficient-permission' && (rule?.permissions.length ?? 0) > 1
      ? [`missing: ${permission}`]
      : []),
    ...(own === undefined ? [] : [`people are sent to ${own} instead`]),
    ...(rule?.advisory === undefined ? [] : [`raised by: ${rule.advisory}`]),
    `granted by: ${roles.join(', ') || 'no role'}`,
  ].join('\n');
}

const OWN_ANSWERS = {
  options: 'OPTIONS is never forwarded, and grants no other origin anything',
  'own-page': 'one of its own pages',
} as const satisfies Record<(Rehearsed & { kind: 'answered' })['what'], string>;

const OWN_PAGES: Readonly<Record<string, string>> = {
  [SIGN_IN_RULE]: 'our sign-in',
  [SIGN_OUT_RULE]: 'our sign-out',
};

export function isService(value: string): value is ServiceKind {
  return SERVICES.some((kind) => kind === value);
}
