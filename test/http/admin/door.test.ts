import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type AdminDoorOptions, createAdminDoor } from '../../../src/http/admin/door.js';
import { isReady, type Readiness, type ReadinessCheck } from '../../../src/http/admin/readiness.js';

const READY: Readiness = { draining: false, checks: [{ name: 'config', state: 'ok' }] };

function door(options: Partial<AdminDoorOptions> = {}) {
  const handle = createAdminDoor({
    metrics: { expose: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }) },
    readiness: () => READY,
    version: '1.2.3',
    ...options,
  });
  return request(createServer((req, res) => void handle(req, res)));
}

describe('createAdminDoor', () => {
  it('is alive even while it is not ready', async () => {
    const answer = await door({ readiness: () => ({ draining: true, checks: [] }) }).get('/healthz');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'alive', version: '1.2.3' });
  });

  it.each<[string, Readiness, number, object]>([
    ['ready', READY, 200, { status: 'ready' }],
    ['draining', { ...READY, draining: true }, 503, { status: 'draining' }],
    [
      'waiting for a role source',
      { draining: false, checks: [...READY.checks, { name: 'role-source:redis', state: 'waiting' }] },
      503,
      { status: 'not ready', waiting: ['role-source:redis'] },
    ],
    [
      'ready through a later outage',
      { draining: false, checks: [{ name: 'role-source:redis', state: 'failing' }] },
      200,
      { status: 'ready' },
    ],
  ])('says that it is %s', async (_name, readiness, status, body) => {
    const answer = await door({ readiness: () => readiness }).get('/readyz');
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(body);
  });

  it('lists its checks, outages too, when asked to be verbose', async () => {
    const checks: ReadinessCheck[] = [
      { name: 'config', state: 'ok' },
      { name: 'role-source:redis', state: 'failing', detail: 'connection refused' },
    ];
    const answer = await door({ readiness: () => ({ draining: false, checks }) }).get('/readyz?verbose');
    expect(answer.body).toEqual({ status: 'ready', checks });
  });

  it('shows the metrics in the type they come in', async () => {
    const answer = await door().get('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4');
    expect(answer.text).toBe('up 1\n');
  });

  it.each(['/', '/metrics/', '/healthz/x', '//healthz', '/.auth/me', '/demo/airflow/home', '/HEALTHZ'])(
    'does not know %s',
    async (path) => {
      const answer = await door().get(path);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ detail: 'not found' });
    },
  );

  it.each(['post', 'put', 'delete', 'options'] as const)('refuses %s', async (method) => {
    const answer = await door()[method]('/readyz');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('answers HEAD without a body', async () => {
    const answer = await door().head('/readyz');
    expect(answer.status).toBe(200);
    expect(answer.text).toBeFalsy();
  });

  it('answers 500 without details when the metrics cannot be read, and reports it', async () => {
    const errors: unknown[] = [];
    const broken = { expose: () => Promise.reject(new Error('secret')) };
    const answer = await door({ metrics: broken, onError: (error) => errors.push(error) }).get('/metrics');
    expect(answer.status).toBe(500);
    expect(answer.text).toBe('{"detail":"internal error"}');
    expect(errors).toEqual([new Error('secret')]);
  });

  it('is never cached and carries a request id', async () => {
    const answer = await door().get('/healthz');
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-content-type-options': 'nosniff',
    });
  });
});

describe('isReady', () => {
  it('needs every check to have been met once', () => {
    expect(isReady({ draining: false, checks: [] })).toBe(true);
    expect(isReady({ draining: false, checks: [{ name: 'a', state: 'failing' }] })).toBe(true);
    expect(isReady({ draining: false, checks: [{ name: 'a', state: 'waiting' }] })).toBe(false);
    expect(isReady({ draining: true, checks: [{ name: 'a', state: 'ok' }] })).toBe(false);
  });
});
