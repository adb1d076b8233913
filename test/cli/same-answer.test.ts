import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createExplainer } from '../../src/cli/commands/explain.js';
import { createCatalogService } from '../../src/cli/compose/catalog-service.js';
import { load, shippedCatalogs } from '../../src/cli/compose/load.js';
import { type ConfiguredService, composeServices } from '../../src/cli/compose/services.js';
import { createRouteJudge, type MatrixRow } from '../../src/cli/matrix/judge-routes.js';
import { instantiate } from '../../src/cli/matrix/route-syntax.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { LEVELS, type Level, levelOf, ROLES, type Role, roleOf, SCOPES } from '../../src/domain/role.js';
import { createGate } from '../../src/gate/gate.js';
import { encodeSegment } from '../../src/policy/target/segment.js';
import { createFiles, DIRECTORY, GATEWAY } from './commands/fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);
const config = write(
  'gateway.yaml',
  GATEWAY.replace('  WORKSPACE_EDITOR: { deployment.airflow.xcom.get: true }', ' {}'),
);
const loaded = await load(config);
const services = composeServices(loaded.config, loaded.catalogs);
const gate = createGate<ConfiguredService>({
  services,
  authenticate: async () => ({ kind: 'anonymous' }),
  bindingsOf: async () => ({ bindings: [], unavailable: [] }),
});

/** The gate itself, asked as a door asks it; no part of the rehearsal is in it. */
function atTheGate(service: ConfiguredService, role: Role, method: string, target: string): Outcome {
  const level = levelOf(role);
  const scope = SCOPES.find((one) => role === roleOf(one, level)) ?? 'SYSTEM';
  const id = scope === 'WORKSPACE' ? service.workspace : service.deployment;
  const binding =
    scope === 'SYSTEM' ? { scope, level, source: 'test' } : { scope, id, level, source: 'test' };
  const request = {
    requestId: 'test',
    method,
    headers: [['authorization', 'Bearer x']] as const,
    sourceIp: '192.0.2.1',
  };
  return gate.judgeAs(
    request,
    gate.read(service.host ?? 'localhost:8084', `${service.path === '/' ? '' : service.path}${target}`),
    {
      kind: 'authenticated',
      principal: { kind: 'service-account', id: 'ci', email: undefined, name: undefined, groups: ['g'] },
      credential: 'bearer',
      claims: { any: 'thing' },
      expiresAt: 1,
    },
    { bindings: [binding], unavailable: [] },
  ).outcome;
}

/** The rows that `matrix` prints for the versions of each service. */
const rows = new Map<ConfiguredService, readonly MatrixRow[]>(
  services.map((service) => {
    const { airflow, flower } = loaded.config.deployments.find(({ id }) => id === service.deployment) ?? {};
    const version = (text: string | undefined) => {
      const [major = 0, minor = 0] = text?.split('.').map(Number) ?? [];
      return text === undefined ? undefined : { major, minor, patch: undefined };
    };
    const versions = { airflow: version(airflow?.version), flower: version(flower?.version) };
    const judged = createCatalogService({ catalogs: shippedCatalogs(), kind: service.service, versions });
    return [service, createRouteJudge([judged]).catalogRows()];
  }),
);

/** A segment that people could have named something. No literal of a catalog begins so. */
const segment = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((text) => !/[\\\p{C}\u2028\u2029\ufeff%/]/u.test(text))
  .map((text) => encodeSegment([`zz ${text}`]));
/** By their names alone, so that a counterexample fits on the screen. */
const NAMES = services.map(({ deployment, service }) => `${deployment} ${service}`);
const named = (name: string): ConfiguredService => {
  const service = services[NAMES.indexOf(name)];
  if (service === undefined) throw new RangeError(name);
  return service;
};
const asked = fc.constantFrom(...NAMES).chain((at) =>
  fc.record({
    at: fc.constant(at),
    row: fc.constantFrom(...(rows.get(named(at)) ?? [])),
    level: fc.constantFrom<Level>(...LEVELS),
    name: segment,
  }),
);

describe('law 8: the same answer from every door', () => {
  it('what matrix prints of a row is what the gate answers to any request the row stands for', () => {
    fc.assert(
      fc.property(asked, ({ at, row, level, name }) => {
        const path = row.path.replace(/\?(\w+)=$/, '?$1=1').replaceAll(/\{(\w+)\*\}/g, '{$1}');
        const target = path.replaceAll(/\{\w+\}/g, () => name);
        const { decision, match } = atTheGate(named(at), roleOf('WORKSPACE', level), row.method, target);
        const rule = match.kind === 'matched' ? match.rule.id : undefined;
        // A tail of one segment may be the parameter of a rule that is more exact: that rule has its own row.
        if (rule !== row.rule) return row.path.includes('*}');
        return decision.kind === row.verdicts[level];
      }),
      { numRuns: 3000 },
    );
  });

  it('a route table gets what the gate answers to a request for the route', () => {
    fc.assert(
      fc.property(asked, ({ at, row, level }) => {
        const [target = ''] = instantiate(row.path.replace(/\?.*/, '').replaceAll('*}', ':path}'), {
          segment: 'zz',
          number: '0',
        });
        const judge = createRouteJudge([{ ...named(at), path: '/', host: undefined }]);
        const [judged] = judge.tableRows([{ methods: [row.method], path: target }]);
        const outcome = atTheGate(named(at), roleOf('WORKSPACE', level), row.method, target);
        return judged?.verdicts[level] === outcome.decision.kind;
      }),
      { numRuns: 150 },
    );
  });

  it('explain says of any request what the gate answers', () => {
    const explain = createExplainer(loaded);
    const target = fc.oneof(
      asked.map(({ row, name }) => row.path.replaceAll(/\{\w+\*?\}/g, () => name)),
      fc.webPath(),
      fc.string({ maxLength: 30 }).map((text) => `/${text}`),
    );
    const anything = fc.record({
      at: fc.constantFrom(...NAMES),
      role: fc.constantFrom(...ROLES),
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'),
      target: target.filter((text) => text.startsWith('/') && !text.includes('.auth')),
    });
    fc.assert(
      fc.property(anything, ({ at, role, method, target }) => {
        const { deployment, service } = named(at);
        const { decision, match } = atTheGate(named(at), role, method, target);
        const told = JSON.parse(explain(method, target, { deployment, service, role, json: true }));
        expect(told).toMatchObject({ decision: decision.kind, reason: decision.reason, role });
        expect(told.rule).toBe(match.kind === 'matched' ? match.rule.id : null);
        expect(told.permission).toBe(decision.permission ?? null);
      }),
      { numRuns: 2000 },
    );
  });
});
