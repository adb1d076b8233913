import { describe, expect, it } from '@jest/globals';
import { createExplainer, explain } from '../../../src/cli/commands/explain.js';
import { load } from '../../../src/cli/compose/load.js';
import type { ServiceKind } from '../../../src/domain/deployment.js';
import { createFiles, DIRECTORY, GATEWAY } from './fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);
const config = write('gateway.yaml', GATEWAY);

interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly role?: string;
  readonly deployment?: string;
  readonly service?: ServiceKind;
}

const explainRequest = createExplainer(await load(config));

const ask = async ({ method = 'GET', target, ...rest }: Asked, json: boolean) =>
  explainRequest(method, target, { deployment: 'sun', service: 'airflow', role: 'EDITOR', json, ...rest });
const explained = async (asked: Asked) => JSON.parse(await ask(asked, true));

describe('explain --json', () => {
  it('says who holds what a denied request needs', async () => {
    expect(await explained({ target: '/api/v2/variables' })).toEqual({
      decision: 'deny',
      reason: 'insufficient-permission',
      status: 403,
      rule: expect.any(String),
      permission: 'deployment.airflow.variable.get',
      role: 'WORKSPACE_EDITOR',
      grantedBy: ['DEPLOYMENT_ADMIN', 'WORKSPACE_ADMIN', 'SYSTEM_ADMIN'],
    });
  });

  it('says so of an allowed one', async () => {
    expect(await explained({ target: '/api/v2/dags', role: 'DEPLOYMENT_VIEWER' })).toMatchObject({
      decision: 'allow',
      reason: 'permission-held',
      status: 200,
      permission: 'deployment.airflow.dag.get',
      role: 'DEPLOYMENT_VIEWER',
    });
  });

  it('applies the permissions of the configuration to the role that they name', async () => {
    const target = '/api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries';
    expect(await explained({ target })).toMatchObject({ decision: 'allow' });
    expect(await explained({ target, role: 'DEPLOYMENT_EDITOR' })).toMatchObject({
      decision: 'deny',
      grantedBy: ['DEPLOYMENT_ADMIN', 'WORKSPACE_EDITOR', 'WORKSPACE_ADMIN', 'SYSTEM_ADMIN'],
    });
  });

  it.each([
    '/api/v2/dags',
    '/sun/airflow/api/v2/dags',
    '/s%75n/airflow/api/v2/dags?limit=1',
    '/api/v2/dags/',
  ])('takes the target with or without the public path: %s', async (target) => {
    expect(await explained({ target })).toMatchObject({
      decision: 'allow',
      permission: 'deployment.airflow.dag.get',
    });
  });

  it('takes the bare public path for the front page of the service', async () => {
    expect(await explained({ target: '/sun/airflow' })).toMatchObject({ decision: 'allow' });
    expect(await explained({ target: '/' })).toMatchObject({ decision: 'allow' });
  });

  it('asks a service with a host of its own there', async () => {
    expect(await explained({ deployment: 'moon', target: '/variable/list/' })).toMatchObject({
      reason: 'insufficient-permission',
    });
  });

  it('asks Flower', async () => {
    expect(await explained({ service: 'flower', target: '/tasks' })).toMatchObject({
      permission: 'deployment.flower.task.get',
      decision: 'deny',
    });
  });

  it.each([
    { name: 'an unknown route', asked: { target: '/no/such' }, reason: 'unknown-route', status: 403 },
    {
      name: 'an unknown method of a route',
      asked: { method: 'PUT', target: '/api/v2/dags' },
      reason: 'unknown-route',
      status: 403,
    },
    {
      name: 'a target of two meanings',
      asked: { target: '/api//v2' },
      reason: 'ambiguous-target',
      status: 400,
    },
    { name: 'an absolute target', asked: { target: 'http://h/x' }, reason: 'ambiguous-target', status: 400 },
    {
      name: 'a method never forwarded',
      asked: { method: 'TRACE', target: '/' },
      reason: 'method-not-allowed',
      status: 405,
    },
    {
      name: 'a method nobody knows',
      asked: { method: 'BREW', target: '/' },
      reason: 'method-unknown',
      status: 501,
    },
    {
      name: 'a target too long for gunicorn',
      asked: { deployment: 'moon', target: `/home?tags=${'a'.repeat(4000)}` },
      reason: 'target-too-long',
      status: 414,
    },
    {
      name: 'a target too long for us',
      asked: { target: `/${'a'.repeat(17_000)}` },
      reason: 'target-too-long',
      status: 414,
    },
  ])('has no rule for $name', async ({ asked, reason, status }) => {
    expect(await explained(asked)).toMatchObject({
      decision: 'deny',
      reason,
      status,
      rule: null,
      permission: null,
      grantedBy: [],
    });
  });

  it('lets a longer target pass where gunicorn is not', async () => {
    const target = `/api/v2/dags?tags=${'a'.repeat(5000)}`;
    expect(await explained({ target })).toMatchObject({ decision: 'allow' });
  });

  it.each([
    { rule: 'sign-in', asked: { target: '/auth/login' } },
    { rule: 'sign-out', asked: { target: '/api/v2/auth/logout' } },
    { rule: 'sign-in', asked: { target: '/login/', deployment: 'moon' } },
    { rule: 'sign-out', asked: { target: '/logout/', deployment: 'moon' } },
    { rule: 'sign-out', asked: { target: '/logout', service: 'flower' as const } },
  ])('never shows the page that $rule stands for: $asked.target', async ({ rule, asked }) => {
    expect(await explained({ ...asked, role: 'SYSTEM_ADMIN' })).toMatchObject({
      decision: 'deny',
      reason: 'never-exposed',
      status: 403,
      rule,
      permission: null,
      grantedBy: [],
    });
  });

  it('knows what is open to all', async () => {
    expect(await explained({ target: '/api/v2/monitor/health' })).toMatchObject({ reason: 'public-route' });
  });

  it('knows what we answer ourselves', async () => {
    expect(await explained({ method: 'OPTIONS', target: '/api/v2/dags' })).toMatchObject({
      reason: 'options',
      status: 204,
      rule: null,
    });
    expect(await explained({ target: '/.auth/me' })).toMatchObject({ reason: 'own-page', rule: null });
  });

  it.each([
    { written: 'editor', role: 'WORKSPACE_EDITOR' },
    { written: 'ADMIN', role: 'WORKSPACE_ADMIN' },
    { written: 'SYSTEM_VIEWER', role: 'SYSTEM_VIEWER' },
  ])('reads the role $written', async ({ written, role }) => {
    expect(await explained({ target: '/', role: written })).toMatchObject({ role });
  });
});

describe('explain', () => {
  it('reads the configuration it is given, and refuses one that is none', async () => {
    const options = { deployment: 'sun', service: 'airflow', role: 'VIEWER', json: false } as const;
    expect(await explain('GET', '/', { ...options, config })).toContain('allow for WORKSPACE_VIEWER');
    await expect(explain('GET', '/', { ...options, config: '/no/such' })).rejects.toThrow('/no/such');
  });

  it('tells people the rule, its reason and its demands', async () => {
    const text = await ask({ target: '/api/v2/variables' }, false);
    expect(text.split('\n')).toEqual([
      'GET /sun/airflow/api/v2/variables',
      'deny for WORKSPACE_EDITOR: insufficient-permission, status 403',
      expect.stringMatching(/^rule: [a-z-]+ \(\/api\/v2\/variables\), /),
      'needs: deployment.airflow.variable.get',
      'granted by: DEPLOYMENT_ADMIN, WORKSPACE_ADMIN, SYSTEM_ADMIN',
    ]);
  });

  it('names the demand that is missing among several', async () => {
    const target = '/api/v2/dags/d/dagRuns/r/wait?result=t';
    expect(await ask({ target, role: 'VIEWER' }, false)).toContain('missing: deployment.airflow.xcom.get');
  });

  it('says where people end up who ask for Airflow’s own sign-in', async () => {
    expect(await ask({ target: '/auth/login' }, false)).toContain('people are sent to our sign-in instead');
  });

  it('says what we answer ourselves', async () => {
    expect(await ask({ method: 'options', target: '/x' }, false)).toContain('answered by the gateway itself');
  });

  it.each([
    {
      name: 'a role that is none',
      asked: { target: '/', role: 'OWNER' },
      message: 'role `OWNER` is not a role',
    },
    {
      name: 'an unknown Deployment',
      asked: { target: '/', deployment: 'mars' },
      message: 'those with airflow are `sun`, `moon`',
    },
    {
      name: 'a service the Deployment has not',
      asked: { target: '/', deployment: 'moon', service: 'flower' as const },
      message: 'those with flower are `sun`',
    },
  ])('refuses $name', async ({ asked, message }) => {
    await expect(ask(asked, true)).rejects.toThrow(message);
  });
});
