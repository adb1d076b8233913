import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { toAuditRecord } from '../../../src/audit/record.js';
import { type ReplayOptions, replay } from '../../../src/cli/commands/replay.js';
import { load } from '../../../src/cli/compose/load.js';
import { bearerOf, createRehearsal } from '../../../src/cli/compose/rehearse.js';
import { composeServices } from '../../../src/cli/compose/services.js';
import { createFiles, DIRECTORY, GATEWAY } from './fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);
const config = write('gateway.yaml', GATEWAY);
const before = write('before.yaml', GATEWAY.replace('deployment.airflow.xcom.get: true', ''));

const access = (method: string, target: string, status: number) =>
  `::1 - - [22/Nov/2026:17:00:00 +0000] "${method} ${target} HTTP/1.1" ${status} 1 "-" "-"`;

const run = (lines: readonly string[], options: Partial<ReplayOptions> = {}) =>
  replay(Readable.from([Buffer.from(`${lines.join('\n')}\n`)]), { config, service: 'airflow', ...options });

describe('replay of an access log', () => {
  const lines = [
    access('GET', '/sun/airflow/api/v2/dags?limit=5', 200),
    access('GET', '/sun/airflow/api/v2/variables?limit=5', 200),
    'no log line',
    access('GET', '/sun/flower/tasks', 200),
    access('GET', '/elsewhere', 404),
    access('OPTIONS', '/sun/airflow/api/v2/dags', 204),
    access('GET', '/sun/airflow/auth/login', 200),
    access('GET', '/.auth/me', 200),
  ];

  it('says what would be refused to the given role', async () => {
    const report = await run(lines, { role: 'EDITOR' });
    expect(report.requests).toBe(7);
    expect(report.unreadable.lines).toEqual([
      { line: 3, why: 'neither JSON nor the common or combined log format' },
    ]);
    expect(report.differing).toEqual({ nowDenied: 2, nowAllowed: 0 });
    expect(
      report.differences.map(({ path, firstLine, permission }) => [path, firstLine, permission]),
    ).toEqual([
      ['/api/v2/variables', 2, 'deployment.airflow.variable.get'],
      ['/tasks', 4, 'deployment.flower.task.get'],
    ]);
    expect(JSON.stringify(report)).not.toContain('limit=5');
    expect(report.decisions.map(({ decision, reason }) => `${decision} ${reason}`).sort()).toEqual([
      'allow permission-held',
      'answered options',
      'answered own-page',
      'answered sign-in',
      'deny insufficient-permission',
      'deny no-role',
    ]);
  });

  it('refuses an Admin nothing of it', async () => {
    expect((await run(lines, { role: 'ADMIN' })).differing).toEqual({ nowDenied: 0, nowAllowed: 0 });
  });

  it('takes targets without the public path where one service wrote the log', async () => {
    const own = [access('GET', '/variable/list/', 200), access('GET', '/home', 200)];
    const report = await run(own, { role: 'EDITOR', deployment: 'moon' });
    expect(report.differences.map(({ path }) => path)).toEqual(['/variable/list']);
  });

  it('finds a service by its own host', async () => {
    const line = JSON.stringify({
      request: 'GET /home HTTP/1.1',
      status: 403,
      http_host: 'moon.example.com',
    });
    expect((await run([line], { role: 'VIEWER' })).differing).toEqual({ nowDenied: 0, nowAllowed: 1 });
  });

  it.each([
    { name: 'without a role', options: {}, message: 'add --role' },
    { name: 'for a role that is none', options: { role: 'BOSS' }, message: 'is not a role' },
    {
      name: 'for an unknown Deployment',
      options: { role: 'ADMIN', deployment: 'mars' },
      message: 'deployment `mars` has no service `airflow`',
    },
  ])('is refused $name', async ({ options, message }) => {
    await expect(run(lines, options)).rejects.toThrow(message);
  });

  it('never ends on what a line holds', async () => {
    const hostile = [
      '{}',
      'null',
      '[1]',
      '{"auth_proxy":{}}',
      '{"auth_proxy":{},"event":{"action":"request-denied"}}',
      JSON.stringify({ request_method: 'GET', request_uri: '//x/../%zz\u0000', status: 200 }),
      access('GET', '/%', 200),
      access('__proto__', '/', 200),
      '\xff\xfe',
    ];
    const report = await run(hostile, { role: 'VIEWER' });
    expect(report.requests + report.others + report.unreadable.count).toBe(hostile.length);
  });
});

describe('replay of our own audit log', () => {
  async function recordsOf(file: string, asked: readonly (readonly [string, string])[]): Promise<string[]> {
    const loaded = await load(file);
    const services = composeServices(loaded.config, loaded.catalogs);
    const rehearsal = createRehearsal(services);
    const sun = services.find(({ deployment, service }) => deployment === 'sun' && service === 'airflow');
    if (sun === undefined) throw new Error('no service');
    return asked.map(([method, target]) => {
      const outcome = rehearsal.judge(sun, 'WORKSPACE_EDITOR', method, target);
      const { decision } = outcome;
      const result =
        decision.kind === 'allow'
          ? ({ kind: 'forwarded', statusCode: 200 } as const)
          : ({ kind: 'denied', reason: decision.reason, statusCode: 403, detail: undefined } as const);
      return JSON.stringify(toAuditRecord(outcome, result as Parameters<typeof toAuditRecord>[1], 0));
    });
  }

  const ASKED = [
    ['GET', '/sun/airflow/api/v2/dags'],
    ['GET', '/sun/airflow/api/v2/variables'],
    ['GET', '/sun/airflow/api/v2/dags/d/dagRuns/r/wait?result=t'],
    ['GET', '/sun/airflow/api/v2/dags/d/dagRuns/r/wait'],
    ['GET', '/sun/airflow/no/such'],
    ['GET', '/sun/airflow/api/v2/dags/d/dagRuns/r/taskInstances/t/xcomEntries'],
  ] as const;

  it('finds no difference under the configuration that wrote it', async () => {
    const report = await run(await recordsOf(config, ASKED));
    expect(report.requests).toBe(ASKED.length);
    expect(report.differences).toEqual([]);
  });

  it('finds what a change of permissions opens, also where a query that is not kept selected the rule', async () => {
    const report = await run(await recordsOf(before, ASKED));
    expect(report.differing).toEqual({ nowDenied: 0, nowAllowed: 2 });
    expect(report.differences.map(({ rule }) => rule)).toContain('dag-run-wait-result');
  });

  it('judges everybody as one role where that is asked', async () => {
    const report = await run(await recordsOf(config, ASKED), { role: 'VIEWER' });
    expect(report.differences.every(({ role }) => role === 'WORKSPACE_VIEWER')).toBe(true);
    expect(report.differing.nowDenied).toBeGreaterThan(0);
  });

  it('judges again those who had no role and those who were nobody', async () => {
    const event = { action: 'request-denied', outcome: 'failure', reason: 'no-role' };
    const base = {
      http: { request: { method: 'GET' }, response: { status_code: 403 } },
      url: { path: '/sun/airflow/api/v2/dags' },
      auth_proxy: { deployment: 'sun', service: 'airflow' },
    };
    const health = { ...base, url: { path: '/sun/airflow/api/v2/monitor/health' } };
    const report = await run([
      JSON.stringify({ ...base, event, user: { id: 'eve' } }),
      JSON.stringify({ ...base, event: { ...event, reason: 'no-credential' } }),
      JSON.stringify({ ...health, event: { ...event, reason: 'no-credential' } }),
    ]);
    expect(report.decisions.map(({ reason }) => reason).sort()).toEqual([
      'no-credential',
      'no-role',
      'public-route',
    ]);
    expect(report.differing).toEqual({ nowDenied: 0, nowAllowed: 1 });
  });
});

describe('a rehearsed caller', () => {
  it('holds one binding where it reaches the service', () => {
    const place = { deployment: 'd', workspace: 'w' };
    expect(bearerOf('SYSTEM_ADMIN', place).bindings.bindings).toEqual([
      { scope: 'SYSTEM', level: 'ADMIN', source: 'rehearsal' },
    ]);
    expect(bearerOf('WORKSPACE_VIEWER', place).bindings.bindings).toMatchObject([{ id: 'w' }]);
    expect(bearerOf('DEPLOYMENT_EDITOR', place).bindings.bindings).toMatchObject([{ id: 'd' }]);
  });
});
