import { createServer } from 'node:http';
import request from 'supertest';
import type { SessionEvent } from '../../../src/audit/session.js';
import type { Authenticated, Identity } from '../../../src/domain/identity.js';
import type { ControlContext, ControlOptions } from '../../../src/http/control/call.js';
import { createControlRoutes } from '../../../src/http/control/routes.js';

export const ORIGIN = 'http://localhost:8084';

export const ADA: Authenticated = {
  kind: 'authenticated',
  principal: { kind: 'user', id: 'ada', email: 'ada@example.com', name: 'Ada', groups: [] },
  credential: 'cookie',
  claims: {},
  expiresAt: undefined,
};

export const REJECTED: Identity = { kind: 'rejected', code: 'expired', detail: 'expired' };

export interface Harness {
  readonly agent: ReturnType<typeof request>;
  readonly events: SessionEvent[];
  readonly failures: unknown[];
}

/** The routes behind a door that believes every target. */
export function control(
  changes: Partial<ControlOptions> & { readonly identity?: Identity } = {},
  context: Partial<ControlContext> = {},
): Harness {
  const events: SessionEvent[] = [];
  const failures: unknown[] = [];
  const { identity = { kind: 'anonymous' }, ...options } = changes;
  const handle = createControlRoutes({
    identify: async () => identity,
    deploymentsOf: async () => ({
      kind: 'found',
      deployments: [{ id: 'quasarian-sun-1234', workspace: 'data-team', role: 'WORKSPACE_EDITOR' }],
    }),
    workspacesOf: async () => [],
    publicKeys: () => [],
    checkReturn: (value) => (value !== undefined && /^\/[a-z]/.test(value) ? value : '/'),
    audit: (event) => events.push(event),
    failed: (error) => failures.push(error),
    cookieNames: ['platform_token'],
    servicePaths: () => ['/quasarian-sun-1234/airflow'],
    ...options,
  });
  const server = createServer((req, res) =>
    handle(req, res, {
      requestId: 'req-1',
      target: req.url ?? '',
      basePath: '',
      origin: ORIGIN,
      sourceIp: '192.0.2.7',
      ...context,
    }),
  );
  return { agent: request(server), events, failures };
}
