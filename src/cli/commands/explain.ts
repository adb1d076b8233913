import { DENIAL_STATUS } from '../../domain/denial.js';
import { SERVICES, type ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import type { Outcome } from '../../domain/outcome.js';
import { isLevel, isRole, type Role, roleOf } from '../../domain/role.js';
import { load } from '../compose/load.js';
import { createRehearsal, grantedBy } from '../compose/rehearse.js';
import { type ConfiguredService, composeServices } from '../compose/services.js';

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
}

/** Says what the gate would answer and why. The answer itself is no failure: a denial is a fine explanation. */
export async function explain(method: string, target: string, options: ExplainOptions): Promise<string> {
  const { config, catalogs } = await load(options.config);
  const services = composeServices(config, catalogs);
  const service = services.find(
    (one) => one.deployment === options.deployment && one.service === options.service,
  );
  if (service === undefined) throw noService(options, services);

  const role = readRole(options.role);
  const outcome = createRehearsal(services).judge(
    service,
    role,
    method.toUpperCase(),
    fullTarget(service, target),
  );
  const explanation = toExplanation(outcome, role, service);
  return options.json ? JSON.stringify(explanation) : toText(outcome, explanation);
}

export function toExplanation(outcome: Outcome, role: Role, service: ConfiguredService): Explanation {
  const { decision } = outcome;
  return {
    decision: decision.kind,
    reason: decision.reason,
    status: decision.kind === 'allow' ? 200 : DENIAL_STATUS[decision.reason],
    rule: decision.rule?.id ?? null,
    permission: decision.permission ?? null,
    role,
    grantedBy: grantedBy(outcome, service),
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

/** TARGET may be written with or without the service's public path. */
function fullTarget(service: ConfiguredService, target: string): string {
  const { path } = service;
  if (path === '/' || target === path || target.startsWith(`${path}/`) || target.startsWith(`${path}?`))
    return target;
  return target.startsWith('/') ? `${path}${target}` : target;
}

function noService(
  { deployment, service }: ExplainOptions,
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
  { target, decision, method }: Outcome,
  { grantedBy: roles, role, status }: Explanation,
): string {
  const { rule } = decision;
  const detail = decision.kind === 'deny' && decision.detail !== undefined ? ` (${decision.detail})` : '';
  return [
    `${method} ${target ?? '(ambiguous target)'}`,
    `${decision.kind} for ${role}: ${decision.reason}${detail}${decision.kind === 'deny' ? `, status ${status}` : ''}`,
    ...(rule === undefined
      ? ['rule: none of the catalog matches']
      : [
          `rule: ${rule.id} (${rule.path}), ${rule.why}`,
          `needs: ${rule.permissions.join(' and ') || 'nobody may'}`,
        ]),
    ...(rule?.advisory === undefined ? [] : [`raised by: ${rule.advisory}`]),
    `granted by: ${roles.join(', ') || 'no role'}`,
  ].join('\n');
}

export function isService(value: string): value is ServiceKind {
  return SERVICES.some((kind) => kind === value);
}
