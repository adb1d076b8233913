import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IdentityHeaders } from '../../domain/assertion.js';
import { DENIAL_STATUS, type DenyReason } from '../../domain/denial.js';
import type { Outcome } from '../../domain/outcome.js';
import { holds, type PermissionSet } from '../../domain/permission.js';
import { subjectOf } from '../../domain/principal.js';
import type { Method } from '../../domain/route.js';
import type { CookieBinding, ForwardFailure, ForwardJob } from '../../forward/job.js';
import { createAirflow3Menus } from '../../forward/transform/airflow3-menus.js';
import type { BodyTransform } from '../../forward/transform/transform.js';
import type { Detached } from './arrival.js';
import { identityFor } from './asserted-identity.js';
import type { Client } from './client.js';
import type { Ending } from './ending.js';
import type { PublicService } from './service.js';

/** One allowed request on its way upstream. */
export interface Carriage {
  readonly service: PublicService;
  readonly outcome: Outcome;
  /** What the caller may do at the service, for the menu. */
  readonly held: PermissionSet;
  readonly client: Client;
  /** The public authority the caller is on. */
  readonly host: string;
}

export interface CarryOptions {
  /** The upstream's answer says that our assertion is not taken, or no assertion could be made: an operator's matter. */
  readonly misconfigured: (service: PublicService, detail: string) => void;
}

/** The two ways upstream. What ends `denied` was not yet answered. */
export interface Carriers {
  carry(req: IncomingMessage, res: ServerResponse, carriage: Carriage): Promise<Ending>;
  tunnel(req: IncomingMessage, detached: Detached, carriage: Carriage): Promise<Ending>;
}

/** Takes allowed requests upstream with our identity, and says how they ended. */
export function createCarriers(options: CarryOptions): Carriers {
  async function jobOf(carriage: Carriage): Promise<ForwardJob | Ending> {
    try {
      return jobFor(carriage, await identityFor(carriage.service, carriage.outcome));
    } catch (error) {
      const detail = `no assertion could be made: ${error instanceof Error ? error.message : 'unknown fault'}`;
      options.misconfigured(carriage.service, detail);
      return denied('assertion-refused', detail);
    }
  }

  return {
    async carry(req, res, carriage) {
      const { service, outcome } = carriage;
      const job = await jobOf(carriage);
      if ('kind' in job) return job;
      const result = await service.forward.forward(req, res, job);
      if (result.kind === 'failed') {
        if (result.reason === 'assertion-refused') options.misconfigured(service, result.detail);
        return denied(REASONS[result.reason], result.detail);
      }
      if (result.upstreamDenied && outcome.identity.kind === 'authenticated') {
        return { kind: 'denied', reason: 'upstream-denied', statusCode: result.status, detail: undefined };
      }
      return { kind: 'forwarded', statusCode: result.status, upstreamMs: result.firstByteMs };
    },

    async tunnel(req, detached, carriage) {
      const { upgrade } = carriage.service;
      if (upgrade === undefined) throw new TypeError('a socket rule at a service without sockets');
      const job = await jobOf(carriage);
      if ('kind' in job) return job;
      const result = await upgrade.upgrade(req, detached.socket, detached.head, job);
      if (result.kind === 'failed') return denied(REASONS[result.reason], result.detail);
      detached.release();
      await result.closed;
      return { kind: 'forwarded', statusCode: 101, upstreamMs: result.upstreamMs };
    },
  };
}

/** A stream ended by us is recorded like one the caller left: no answer stood. */
const REASONS = {
  'ambiguous-request': 'ambiguous-request',
  'assertion-refused': 'assertion-refused',
  'body-too-long': 'body-too-long',
  overloaded: 'overloaded',
  'request-timeout': 'request-timeout',
  'upstream-denied': 'upstream-denied',
  'upstream-invalid': 'upstream-invalid',
  'upstream-timeout': 'upstream-timeout',
  'upstream-unreachable': 'upstream-unreachable',
  'client-gone': 'client-gone',
  revoked: 'bad-credential',
  lowered: 'insufficient-permission',
  'shutting-down': 'overloaded',
} as const satisfies Record<ForwardFailure, DenyReason>;

function denied(reason: DenyReason, detail: string): Ending {
  return { kind: 'denied', reason, statusCode: DENIAL_STATUS[reason], detail };
}

function jobFor({ service, outcome, held, client, host }: Carriage, identity: IdentityHeaders): ForwardJob {
  if (outcome.target === undefined) throw new TypeError('an allow without a target');
  const asserted = outcome.decision.reason === 'permission-held' && outcome.identity.kind === 'authenticated';
  const subject =
    outcome.identity.kind === 'authenticated' && asserted ? subjectOf(outcome.identity.principal) : undefined;
  return {
    target: outcome.target,
    method: outcome.method as Method,
    host,
    client: { ip: client.ip, proto: schemeOf(host, service.origins, client), host },
    identity,
    subject,
    requestId: outcome.requestId,
    cookieBindings: service.sessionCookies.map((name) => bindCookie(name, service, subject, outcome.role)),
    classify: asserted ? service.classify : undefined,
    transform: outcome.decision.rule?.id === MENUS_RULE ? menusFor(held) : undefined,
    requestHeaders: [['x-request-id', outcome.requestId]],
    responseHeaders: [['x-request-id', outcome.requestId]],
  };
}

const MENUS_RULE = 'ui-menus';

function menusFor(held: PermissionSet): BodyTransform {
  return createAirflow3Menus((permission) => holds(held, permission));
}

/** The upstream's session is one person's with one role: under any other, the browser's cookie has another name. */
function bindCookie(
  name: string,
  service: PublicService,
  subject: string | undefined,
  role: string | undefined,
): CookieBinding {
  const digest = createHash('sha256')
    .update(JSON.stringify([service.deployment, subject ?? null, role ?? null]))
    .digest('base64url')
    .slice(0, 12);
  return { upstream: name, client: `${name}.${digest}` };
}

/**
 * The scheme people reach this authority by: what our public URL says. Where that names both, what a trusted proxy
 * says, else http, which is all that this door speaks.
 */
function schemeOf(host: string, origins: readonly string[], client: Client): 'http' | 'https' {
  const both = origins.includes(`https://${host}`) && origins.includes(`http://${host}`);
  if (both) return client.proto ?? 'http';
  return origins.includes(`https://${host}`) ? 'https' : 'http';
}
