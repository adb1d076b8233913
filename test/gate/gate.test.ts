import { describe, expect, it, jest } from '@jest/globals';
import type { Binding, Bindings } from '../../src/domain/binding.js';
import type { Authenticated, CredentialKind, Identity } from '../../src/domain/identity.js';
import { holds } from '../../src/domain/permission.js';
import { createGate, type Gate, type GateRequest } from '../../src/gate/gate.js';
import { headerOf, type RawHeaders } from '../../src/gate/headers.js';
import type { GatedService } from '../../src/gate/service.js';
import { compileRoutes } from '../../src/policy/compile.js';
import { createDemand, grantsFor } from '../../src/policy/grants.js';
import { catalogRule } from '../support/rules.js';

const version = { major: 3, minor: 3, patch: 2 };
const grants = grantsFor({ airflow: version, flower: undefined });
const routes = compileRoutes({
  rules: [
    catalogRule({ id: 'dags', permissions: ['deployment.airflow.dag.get'] }),
    catalogRule({ id: 'variables', permissions: ['deployment.airflow.variable.get'] }),
    catalogRule({ id: 'runs', methods: ['POST'], permissions: ['deployment.airflow.dagRun.create'] }),
    catalogRule({ id: 'refresh', permissions: ['deployment.airflow.dag.update'], effect: 'write' }),
    catalogRule({ id: 'health', public: true }),
  ],
  version,
  demandOf: createDemand(grants),
});

function service(fields: Partial<GatedService>): GatedService {
  return {
    deployment: 'quasar',
    workspace: 'space',
    service: 'airflow',
    host: undefined,
    path: '/quasar/airflow',
    routes,
    grants,
    openRules: new Set(['health']),
    origins: ['http://localhost:8084'],
    ...fields,
  };
}

const QUASAR = service({});
const NOVA = service({ deployment: 'nova', workspace: 'other', path: '/nova/airflow', openRules: new Set() });
const HOSTED = service({ deployment: 'hosted', host: 'hosted.example.com', path: '/' });

function caller(credential: CredentialKind = 'bearer'): Authenticated {
  return {
    kind: 'authenticated',
    principal: { kind: 'user', id: 'vic', email: undefined, name: undefined, groups: [] },
    credential,
    claims: {},
    expiresAt: undefined,
  };
}

const EDITOR: Bindings = {
  bindings: [{ scope: 'WORKSPACE', id: 'space', level: 'EDITOR', source: 'test' }],
  unavailable: [],
};

function gate(identity: Identity = caller(), bindings: Bindings = EDITOR): Gate<GatedService> {
  return createGate({
    services: [QUASAR, NOVA, HOSTED],
    authenticate: async () => identity,
    bindingsOf: async () => bindings,
  });
}

function request(method: string, headers: RawHeaders = []): GateRequest {
  return { requestId: 'r-1', method, headers, sourceIp: '192.0.2.1' };
}

async function decided(
  one: Gate<GatedService>,
  method: string,
  target: string,
  headers: RawHeaders = [],
  host = 'localhost:8084',
): Promise<string> {
  const { outcome } = await one.judge(request(method, headers), one.read(host, target));
  return `${outcome.decision.kind} ${outcome.decision.reason}`;
}

describe('the gate', () => {
  it.each([
    ['a rule whose permission is held', 'GET', '/quasar/airflow/dags', 'allow permission-held'],
    ['HEAD as GET', 'HEAD', '/quasar/airflow/dags', 'allow permission-held'],
    [
      'a rule whose permission is missing',
      'GET',
      '/quasar/airflow/variables',
      'deny insufficient-permission',
    ],
    ['a path no rule names', 'GET', '/quasar/airflow/other', 'deny unknown-route'],
    ['a method no rule lists', 'PUT', '/quasar/airflow/dags', 'deny unknown-route'],
    ['a service of another Workspace', 'GET', '/nova/airflow/dags', 'deny no-role'],
    ['a path under no service', 'GET', '/dags', 'deny no-role'],
    [
      'a target that two servers could read differently',
      'GET',
      '/quasar//airflow/dags',
      'deny ambiguous-target',
    ],
    ['an encoded slash outside a tail', 'GET', '/quasar/airflow/x%2Fdags', 'deny ambiguous-target'],
  ])('judges %s', async (_, method, target, expected) => {
    expect(await decided(gate(), method, target)).toBe(expected);
  });

  it('looks for a service at its own host alone', async () => {
    const bound = gate(caller(), EDITOR);
    expect(await decided(bound, 'GET', '/dags', [], 'hosted.example.com')).toBe('allow permission-held');
    expect(await decided(bound, 'GET', '/quasar/airflow/dags', [], 'hosted.example.com')).toBe(
      'deny unknown-route',
    );
  });

  it('asks nobody for roles where nobody is known', async () => {
    const bindingsOf = jest.fn(async () => EDITOR);
    const one = createGate({
      services: [QUASAR],
      authenticate: async (): Promise<Identity> => ({ kind: 'anonymous' }),
      bindingsOf,
    });
    expect(await decided(one, 'GET', '/quasar/airflow/dags')).toBe('deny no-credential');
    expect(await decided(one, 'GET', '/quasar/airflow/health')).toBe('allow public-route');
    expect(bindingsOf).not.toHaveBeenCalled();
  });

  it('opens a public rule only where the Deployment did', async () => {
    expect(await decided(gate({ kind: 'anonymous' }), 'GET', '/nova/airflow/health')).toBe(
      'deny no-credential',
    );
  });

  it('says what it found out, for the record', async () => {
    const one = gate();
    const reading = one.read('localhost:8084', '/quasar/airflow/%64ags?b=%41');
    const { outcome, service: found, held } = await one.judge(request('GET'), reading);
    expect(found).toBe(QUASAR);
    expect(outcome).toMatchObject({
      requestId: 'r-1',
      method: 'GET',
      target: '/quasar/airflow/dags?b=%41',
      rawTarget: '/quasar/airflow/%64ags?b=%41',
      place: { deployment: 'quasar', workspace: 'space', service: 'airflow' },
      role: 'WORKSPACE_EDITOR',
      sourceIp: '192.0.2.1',
      match: { kind: 'matched' },
    });
    expect(holds(held, 'deployment.airflow.dagRun.create')).toBe(true);
    expect(holds(held, 'deployment.airflow.variable.get')).toBe(false);
  });

  it('shows no place, no role and no target for what it could not read or place', async () => {
    const one = gate();
    const ambiguous = await one.judge(request('GET'), one.read('localhost:8084', '/a/../b'));
    expect(ambiguous.outcome).toMatchObject({ target: undefined, place: undefined, role: undefined });
    expect(ambiguous.service).toBeUndefined();
    const elsewhere = await one.judge(request('GET'), one.read('localhost:8084', '/dags'));
    expect(elsewhere.outcome).toMatchObject({ target: '/dags', place: undefined, role: undefined });
    expect(holds(elsewhere.held, 'deployment.airflow.dag.get')).toBe(false);
  });

  it('counts only bindings that reach the Deployment', async () => {
    const bindings: Binding[] = [
      { scope: 'WORKSPACE', id: 'other', level: 'ADMIN', source: 'test' },
      { scope: 'DEPLOYMENT', id: 'quasar', level: 'VIEWER', source: 'test' },
    ];
    const one = gate(caller(), { bindings, unavailable: [] });
    expect(await decided(one, 'GET', '/quasar/airflow/dags')).toBe('allow permission-held');
    expect(await decided(one, 'GET', '/quasar/airflow/variables')).toBe('deny insufficient-permission');
    expect(await decided(one, 'GET', '/nova/airflow/variables')).toBe('allow permission-held');
  });

  it('calls a role unavailable where a source is away and the others do not suffice', async () => {
    const one = gate(caller(), { ...EDITOR, unavailable: ['redis'] });
    expect(await decided(one, 'GET', '/quasar/airflow/dags')).toBe('allow permission-held');
    expect(await decided(one, 'GET', '/quasar/airflow/variables')).toBe('deny role-unavailable');
    expect(await decided(one, 'GET', '/dags')).toBe('deny role-unavailable');
  });

  it('judges a given caller as it judges one it asked about', () => {
    const one = gate({ kind: 'anonymous' });
    const { outcome } = one.judgeAs(request('GET'), one.read('', '/quasar/airflow/dags'), caller(), EDITOR);
    expect(outcome.decision.kind).toBe('allow');
  });
});

describe('a cookie', () => {
  const own: RawHeaders = [['Origin', 'http://localhost:8084']];
  const referer = (path: string): RawHeaders => [...own, ['Referer', `http://localhost:8084${path}`]];

  it.each([
    ['POST', '/runs', [], 'deny cross-site'],
    ['POST', '/runs', own, 'allow permission-held'],
    ['POST', '/runs', [['origin', 'https://evil.example']], 'deny cross-site'],
    ['POST', '/runs', [['sec-fetch-site', 'same-origin']], 'allow permission-held'],
    ['POST', '/runs', referer('/quasar/airflow/dags'), 'allow permission-held'],
    ['POST', '/runs', referer('/nova/airflow/dags'), 'deny cross-site'],
    ['POST', '/runs', referer('/.auth/me'), 'allow permission-held'],
    ['POST', '/runs', referer('/'), 'allow permission-held'],
    ['GET', '/refresh', [['sec-fetch-site', 'cross-site']], 'deny cross-site'],
    ['GET', '/refresh', [['sec-fetch-site', 'none']], 'allow permission-held'],
    ['GET', '/dags', [['origin', 'https://evil.example']], 'allow permission-held'],
  ] as const)('may %s %s with %j: %s', async (method, path, headers, expected) => {
    expect(await decided(gate(caller('cookie')), method, `/quasar/airflow${path}`, headers)).toBe(expected);
  });

  it('alone is asked where it comes from', async () => {
    const foreign: RawHeaders = [['origin', 'https://evil.example']];
    expect(await decided(gate(caller('bearer')), 'POST', '/quasar/airflow/runs', foreign)).toBe(
      'allow permission-held',
    );
  });
});

describe('a cookie at a service with a host of its own', () => {
  it('has its Referer looked up at that host', async () => {
    const one = createGate({
      services: [QUASAR, service({ ...HOSTED, workspace: 'space', origins: ['https://hosted.example.com'] })],
      authenticate: async () => caller('cookie'),
      bindingsOf: async () => EDITOR,
    });
    const from = (path: string): RawHeaders => [
      ['Origin', 'https://hosted.example.com'],
      ['Referer', `https://hosted.example.com${path}`],
    ];
    for (const path of ['/dags', '/quasar/airflow/dags']) {
      expect(await decided(one, 'POST', '/runs', from(path), 'hosted.example.com')).toBe(
        'allow permission-held',
      );
    }
  });
});

describe('a page outside every service', () => {
  it('is another’s page', async () => {
    const headers: RawHeaders = [
      ['Origin', 'http://localhost:8084'],
      ['Referer', 'http://localhost:8084/elsewhere/x'],
    ];
    expect(await decided(gate(caller('cookie')), 'POST', '/quasar/airflow/runs', headers)).toBe(
      'deny cross-site',
    );
  });
});

describe('headerOf', () => {
  it('finds a header in any case, and nothing where it is not', () => {
    const headers: RawHeaders = [
      ['X-A', '1'],
      ['oRiGiN', 'http://a'],
    ];
    expect(headerOf(headers, 'origin')).toBe('http://a');
    expect(headerOf(headers, 'referer')).toBeUndefined();
  });
});
