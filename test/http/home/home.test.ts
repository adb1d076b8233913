import { describe, expect, it } from '@jest/globals';
import type { Identity } from '../../../src/domain/identity.js';
import { permissionSet } from '../../../src/domain/permission.js';
import { agoWords } from '../../../src/http/home/deployments-view.js';
import { createHome, type HomeOptions } from '../../../src/http/home/home.js';
import { membersIn } from '../../../src/http/home/members.js';
import type { HomeWorkspace } from '../../../src/http/home/model.js';

const NOW = 10_000_000;
const ADA: Identity = {
  kind: 'authenticated',
  principal: { kind: 'user', id: 'ada', email: undefined, name: 'Ada <b>', groups: [] },
  credential: 'cookie',
  claims: {},
  expiresAt: undefined,
};

const WORKSPACE: HomeWorkspace = {
  id: 'data',
  label: 'Data <team>',
  deployments: [
    {
      id: 'sun',
      role: 'WORKSPACE_EDITOR',
      asked: ['deployment.airflow.dag.get', 'deployment.airflow.variable.get'],
      held: permissionSet(['deployment.airflow.dag.get']),
      services: [
        {
          kind: 'airflow',
          version: '3.3',
          url: '/sun/airflow/',
          open: true,
          state: { kind: 'up', asOfMs: NOW - 180_000 },
        },
        {
          kind: 'flower',
          version: '2.2',
          url: '/sun/flower/',
          open: false,
          state: { kind: 'down', asOfMs: NOW },
        },
      ],
    },
  ],
};

async function show(query = '', changes: Partial<HomeOptions> = {}, identity: Identity = ADA) {
  const home = createHome({
    workspacesOf: async () => [WORKSPACE],
    membersOf: () => ({
      members: [
        { kind: 'user', name: 'vic', role: 'WORKSPACE_VIEWER', deployment: undefined },
        { kind: 'group', name: 'staff', role: 'DEPLOYMENT_EDITOR', deployment: 'sun' },
        { kind: 'service-account', name: 'CI', role: 'WORKSPACE_ADMIN', deployment: undefined },
      ],
      unlisted: ['claims'],
    }),
    denialsOf: () => [
      {
        atMs: 0,
        deployment: 'sun',
        service: 'airflow',
        method: 'GET',
        path: '/sun/airflow/variables',
        reason: 'insufficient-permission',
        permission: 'deployment.airflow.variable.get',
      },
    ],
    supportContact: 'help@example.com',
    now: () => NOW,
    ...changes,
  });
  return home({ identity, surface: 'html', requestId: 'r', query: new URLSearchParams(query) });
}

describe('the front page', () => {
  it('lists Workspaces, Deployments, roles, versions, and what was heard of them', async () => {
    const { status, body, headers } = await show();
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toContain('<bdi>Data &lt;team&gt;</bdi>');
    expect(body).toContain('<bdi>Ada &lt;b&gt;</bdi>');
    expect(body).toContain('title="Workspace Editor">Editor</span>');
    expect(body).toContain(
      '<a class="button" href="/sun/airflow/" aria-label="Open Airflow of sun">Airflow</a>',
    );
    expect(body).toContain('answers, seen 3 minutes ago');
    expect(body).toContain('does not answer, tried just now');
    expect(body).toContain('<span class="button off">Flower</span>');
    expect(body).not.toContain('href="/sun/flower/"');
    expect(body).not.toContain('<script');
  });

  it('lists who has access, the highest role first, and what cannot be listed', async () => {
    const { body } = await show('view=users');
    expect(body.match(/<th scope="row"><bdi>[^<]+/g)?.map((cell) => cell.split('<bdi>')[1])).toEqual([
      'CI',
      'staff',
      'vic',
    ]);
    expect(body).toContain('Service account');
    expect(body).toContain('roles from claims are known only when somebody comes');
  });

  it('says what the person may do and may not', async () => {
    const { body } = await show('view=permissions');
    const [may = '', mayNot = ''] = body.split('You may not');
    expect(may).toContain('<li>view DAGs</li>');
    expect(mayNot).toContain('<li>view variables</li>');
  });

  it('says what was denied', async () => {
    const { body } = await show('view=denials');
    expect(body).toContain('<code>GET /sun/airflow/variables</code>');
    expect(body).toContain('needed: to view variables');
    expect(body).toContain('<time datetime="1970-01-01T00:00:00.000Z">1970-01-01 00:00:00</time>');
  });

  it.each(['view=%3Cscript%3E', 'view=toString', 'view=permissions&deployment=%3Cscript%3E'])(
    'reflects nothing of the query %s',
    async (query) => {
      expect((await show(query)).body).not.toContain('<script');
    },
  );

  it('says so where nothing is open yet', async () => {
    expect((await show('', { workspacesOf: async () => [] })).body).toContain(
      'No Deployment is open to you yet',
    );
  });

  it('shows no half of a list', async () => {
    const { status, headers } = await show('', { workspacesOf: async () => undefined });
    expect(status).toBe(503);
    expect(headers['x-auth-proxy-reason']).toBe('role-unavailable');
  });

  it.each<[string, Identity, number]>([
    ['nobody', { kind: 'anonymous' }, 302],
    ['a session that is over', { kind: 'rejected', code: 'expired', detail: '' }, 302],
    ['two people', { kind: 'ambiguous', detail: 'x' }, 400],
    ['a credential that cannot be checked', { kind: 'unverifiable', cause: 'x' }, 503],
  ])('is not shown to %s', async (_name, identity, status) => {
    const answer = await show('', {}, identity);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('sun');
  });

  it('carries the brand', async () => {
    const { body } = await show('', { brand: { name: 'Quasar', logo: 'data:image/png;base64,AAAA' } });
    expect(body).toContain('<title>Your Workspaces · Quasar</title>');
    expect(body).toContain('<img src="data:image/png;base64,AAAA" alt="" height="28">Quasar');
  });
});

describe('membersIn', () => {
  it('finds those who reach what is shown, and nobody of another Deployment or Workspace', () => {
    const members = membersIn(
      {
        system: [{ user: 'root', role: 'ADMIN' }],
        workspaces: [
          {
            id: 'data',
            members: [{ group: 'staff', role: 'VIEWER' }],
            serviceAccounts: [{ id: 'ci', label: undefined, role: 'EDITOR' }],
          },
          { id: 'other', members: [{ user: 'otto', role: 'ADMIN' }], serviceAccounts: [] },
        ],
        deployments: [
          { id: 'sun', members: [{ user: 'vic', role: 'EDITOR' }] },
          { id: 'moon', members: [{ user: 'eve', role: 'EDITOR' }] },
        ],
      },
      WORKSPACE,
    );
    expect(members.map(({ kind, name, role, deployment }) => [kind, name, role, deployment])).toEqual([
      ['user', 'root', 'SYSTEM_ADMIN', undefined],
      ['group', 'staff', 'WORKSPACE_VIEWER', undefined],
      ['service-account', 'ci', 'WORKSPACE_EDITOR', undefined],
      ['user', 'vic', 'DEPLOYMENT_EDITOR', 'sun'],
    ]);
  });
});

describe('agoWords', () => {
  it.each([
    [0, 'just now'],
    [60_000, '1 minute ago'],
    [59 * 60_000, '59 minutes ago'],
    [60 * 60_000, '1 hour ago'],
    [72 * 60 * 60_000, '3 days ago'],
  ])('says of %d ms: %s', (elapsed, words) => {
    expect(agoWords(elapsed)).toBe(words);
  });
});
