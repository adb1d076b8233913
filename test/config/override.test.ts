import { afterEach, describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/config/environment.js';
import { loadConfig } from '../../src/config/load.js';
import { createFolder, faultsOf, print, SOUND } from './fixture.js';

const { write } = createFolder();
write('directory.yaml', '');
const file = write('sound.yaml', SOUND);
const load = (env: Record<string, string>) => loadConfig({ file, env });

describe('an override', () => {
  it.each([
    {
      name: 'text',
      env: { AUTH_PROXY__SERVER__ADMIN_LISTEN: '127.0.0.1:1' },
      at: { server: { adminListen: { host: '127.0.0.1', port: 1 } } },
    },
    {
      name: 'a number',
      env: { AUTH_PROXY__SERVER__TIMEOUTS__CONNECT_MS: '7' },
      at: { server: { timeouts: { connectMs: 7 } } },
    },
    {
      name: 'a number where a word may stand too',
      env: { AUTH_PROXY__SERVER__WORKERS: '4' },
      at: { server: { workers: 4 } },
    },
    {
      name: 'a word where a number may stand too',
      env: { AUTH_PROXY__SERVER__WORKERS: 'auto' },
      at: { server: { workers: 'auto' } },
    },
    {
      name: 'a list',
      env: { AUTH_PROXY__SERVER__TRUSTED_PROXIES: '[10.0.0.0/8]' },
      at: { server: { trustedProxies: ['10.0.0.0/8'] } },
    },
    {
      name: 'text where a list may stand too',
      env: { AUTH_PROXY__SERVER__PUBLIC_URL: 'http://a' },
      at: { server: { publicUrl: ['http://a'] } },
    },
    {
      name: 'a list where text may stand too',
      env: { AUTH_PROXY__SERVER__PUBLIC_URL: '[http://a, http://b]' },
      at: { server: { publicUrl: ['http://a', 'http://b'] } },
    },
    {
      name: 'a whole mapping',
      env: { AUTH_PROXY__PLATFORM__LOGIN: '{ url: http://a/b }' },
      at: { platform: { login: { url: 'http://a/b', returnParam: 'rd' } } },
    },
    {
      name: 'a key of a section the file does not have',
      env: { AUTH_PROXY__AUDIT__RECORD: 'all' },
      at: { audit: { record: 'all' } },
    },
    {
      name: 'a role by its own spelling',
      env: { AUTH_PROXY__PERMISSIONS__WORKSPACE_EDITOR: '{ deployment.airflow.xcom.get: true }' },
      at: { permissions: { WORKSPACE_EDITOR: { 'deployment.airflow.xcom.get': true } } },
    },
    {
      name: 'a version that looks like a number',
      env: { AUTH_PROXY__DEPLOYMENTS__0__AIRFLOW__VERSION: '3.10' },
      at: { deployments: [{ airflow: { version: '3.10' } }] },
    },
    {
      name: 'an entry of a list',
      env: { AUTH_PROXY__DEPLOYMENTS__0__ID: 'moon' },
      at: { deployments: [{ id: 'moon', airflow: { path: '/moon/airflow' } }] },
    },
    {
      name: 'new entries of a list, in the order of their numbers',
      env: Object.fromEntries(
        [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => [`AUTH_PROXY__DEVELOPMENT__PEOPLE__${n}__ID`, `p${n}`]),
      ),
      at: { development: { people: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => ({ id: `p${n}` })) } },
    },
  ])('sets $name', ({ env, at }) => {
    expect(load(env).config).toMatchObject(at);
  });

  it('leaves other variables alone', () => {
    expect(load({ AUTH_PROXY_SERVICE_HOST: '10.0.0.1', PATH: '/bin' }).config).toEqual(
      loadConfig({ file }).config,
    );
  });

  it('has no line of the file', () => {
    const { locate, faultOf } = load({ AUTH_PROXY__DEPLOYMENTS__0__WORKSPACE: 'other' });
    expect(locate(['deployments', 0, 'workspace'])).toBeUndefined();
    expect(
      faultOf({ path: ['deployments', 0, 'workspace'], message: 'names a workspace that nobody knows' }),
    ).toEqual({
      file,
      line: undefined,
      message:
        'environment variable `AUTH_PROXY__DEPLOYMENTS__0__WORKSPACE`: names a workspace that nobody knows',
    });
  });

  it.each([
    {
      name: 'an unknown key',
      env: { AUTH_PROXY__SERVER__LISTN: 'x' },
      says: '- environment variable `AUTH_PROXY__SERVER__LISTN`: unknown key `listn` in `server`; did you mean `listen`?',
    },
    {
      name: 'an unknown section',
      env: { AUTH_PROXY__SERVR__LISTEN: 'x' },
      says: '- environment variable `AUTH_PROXY__SERVR__LISTEN`: unknown key `servr`; did you mean `server`?',
    },
    {
      name: 'a value of the wrong kind',
      env: { AUTH_PROXY__SERVER__WORKERS: 'many' },
      says: '- environment variable `AUTH_PROXY__SERVER__WORKERS`: `server.workers` is `many`; it must be a whole number from 1 to 256 or `auto`',
    },
    {
      name: 'broken YAML',
      env: { AUTH_PROXY__SERVER__TRUSTED_PROXIES: '[a' },
      says: '- environment variable `AUTH_PROXY__SERVER__TRUSTED_PROXIES`: `server.trustedProxies` is `[a`; it must be a list of texts',
    },
    {
      name: 'a place behind the end of a list',
      env: { AUTH_PROXY__DEPLOYMENTS__2__ID: 'x' },
      says: '4 environment variable `AUTH_PROXY__DEPLOYMENTS__2__ID` has `2` where a number from 0 to 1 must stand; levels are parted by two underscores',
    },
    {
      name: 'a name in a list',
      env: { AUTH_PROXY__DEPLOYMENTS__SUN: 'x' },
      says: '4 environment variable `AUTH_PROXY__DEPLOYMENTS__SUN` has `SUN` where a number from 0 to 1 must stand; levels are parted by two underscores',
    },
    {
      name: 'an empty level',
      env: { AUTH_PROXY__SERVER____LISTEN: 'x' },
      says: '1 environment variable `AUTH_PROXY__SERVER____LISTEN` has `` where a key must stand; levels are parted by two underscores',
    },
    {
      name: 'something below text',
      env: { AUTH_PROXY__SERVER__PUBLIC_URL__HOST: 'x' },
      says: '2 environment variable `AUTH_PROXY__SERVER__PUBLIC_URL__HOST` goes below `server.publicUrl`, which is no mapping or list',
    },
  ])('of $name is a fault that names the variable', ({ env, says }) => {
    expect(print(faultsOf(() => load(env)))).toContain(says);
  });
});

describe('readEnvironment', () => {
  afterEach(() => {
    delete process.env.AUTH_PROXY__AUDIT__RECORD;
  });

  it('is a copy of the variables of the process', () => {
    process.env.AUTH_PROXY__AUDIT__RECORD = 'all';
    const environment = readEnvironment();
    process.env.AUTH_PROXY__AUDIT__RECORD = 'denied';
    expect(loadConfig({ file, env: environment }).config.audit.record).toBe('all');
  });
});
