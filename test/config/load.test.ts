import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load.js';
import { formatFault } from '../../src/domain/errors.js';
import { createFolder, faultsOf, print, SOUND } from './fixture.js';

const { folder, write } = createFolder();
write('directory.yaml', '');

const KNOWN = { airflow: ['2.11', '3.0', '3.3'], flower: ['2.2'] };

describe('loading a sound configuration', () => {
  const file = write('sound.yaml', SOUND);
  const { config, warnings, files, locate, faultOf } = loadConfig({ file, knownVersions: KNOWN });

  it('fills in every default', () => {
    expect(config).toEqual({
      branding: { name: 'Airflow' },
      server: {
        listen: { host: '127.0.0.1', port: 8084 },
        adminListen: { host: '127.0.0.1', port: 9084 },
        publicUrl: ['http://localhost:8084'],
        trustedProxies: [],
        workers: 1,
        hstsMaxAgeSeconds: 0,
        stateDir: join(folder, 'state'),
        timeouts: {
          headersMs: 15_000,
          connectMs: 2000,
          firstByteMs: 120_000,
          idleMs: 300_000,
          keepAliveMs: 75_000,
          drainDelayMs: 0,
          drainMs: 25_000,
        },
        limits: { targetBytes: 16_000, headerBytes: 32_768, headers: 200, bodyBytes: 0 },
      },
      platform: { issuers: [], cookie: 'platform_token', clockToleranceSeconds: 10 },
      development: { issuer: true, people: [] },
      roles: { sources: [{ kind: 'file', path: join(folder, 'directory.yaml') }] },
      permissions: {},
      deployments: [
        {
          id: 'sun',
          workspace: 'data-team',
          airflow: {
            version: '3.3',
            upstream: 'http://127.0.0.1:8080',
            path: '/sun/airflow',
            anonymous: [],
            extraRoutes: [],
            identity: {
              profile: 'airflow3-jwks',
              algorithm: 'RS256',
              audience: 'apache-airflow',
              roleMapping: { VIEWER: 'Viewer', EDITOR: 'User', ADMIN: 'Admin' },
            },
          },
        },
      ],
      audit: { path: join(folder, 'audit.ndjson'), record: 'denied' },
      support: {},
    });
    expect(warnings).toEqual([]);
  });

  it('names the files it depends on', () => {
    expect(files).toEqual([file, join(folder, 'directory.yaml')]);
  });

  it('finds the line of a key, and of the nearest ancestor of a key that is not written', () => {
    expect(locate(['deployments', 0, 'airflow', 'version'])).toBe(8);
    expect(locate(['deployments', 0, 'flower', 'version'])).toBe(5);
    expect(locate(['audit', 'path'])).toBe(1);
    expect(faultOf({ path: ['deployments', 0, 'workspace'], message: 'is unknown' })).toEqual({
      file,
      line: 6,
      message: 'is unknown',
    });
  });
});

describe('one list for `publicUrl`', () => {
  const urlsWith = (server: string) =>
    loadConfig({ file: write('urls.yaml', SOUND.replace(/server:\n.*\n/, server)) }).config.server.publicUrl;

  it.each([
    {
      name: 'a single URL',
      server: 'server: { publicUrl: "HTTP://LocalHost:80/" }\n',
      urls: ['http://localhost'],
    },
    {
      name: 'a list',
      server: 'server: { publicUrl: [http://a:1, http://b] }\n',
      urls: ['http://a:1', 'http://b'],
    },
    { name: 'nothing', server: '', urls: ['http://127.0.0.1:8084', 'http://localhost:8084'] },
    {
      name: 'nothing beside another port',
      server: 'server: { listen: "[::1]:81" }\n',
      urls: ['http://[::1]:81', 'http://localhost:81'],
    },
  ])('is made of $name', ({ server, urls }) => {
    expect(urlsWith(server)).toEqual(urls);
  });
});

describe('a broken configuration', () => {
  it('tells every fault at once, each with its line', () => {
    const file = write('broken.yaml', readFileSync('test/config/broken.yaml', 'utf8'));
    const faults = faultsOf(() => loadConfig({ file, knownVersions: KNOWN }));
    const printed = faults.map((fault) => formatFault({ ...fault, file: 'broken.yaml' })).join('\n');
    expect(`${printed}\n`).toBe(readFileSync('test/config/broken.golden', 'utf8'));
  });

  it('tells where the syntax is broken', () => {
    const file = write('syntax.yaml', 'server:\n  listen: [1, 2\naudit: {}\n');
    expect(print(faultsOf(() => loadConfig({ file })))[0]).toMatch(/^3 is not valid YAML: flow sequence /);
  });

  it('tells of a file that is not there', () => {
    const file = join(folder, 'absent.yaml');
    expect(faultsOf(() => loadConfig({ file }))).toEqual([
      { file, line: undefined, message: 'cannot be read (ENOENT); check the path and its permissions' },
    ]);
  });

  it('tells of an empty file what is missing', () => {
    const file = write('empty.yaml', '# nothing\n');
    expect(print(faultsOf(() => loadConfig({ file })))).toEqual([
      expect.stringContaining('no issuer is configured, so nobody could enter'),
    ]);
  });

  it('refuses a list where the whole should be a mapping', () => {
    const file = write('list.yaml', '- server\n');
    expect(print(faultsOf(() => loadConfig({ file })))).toEqual([
      '1 `the file` is a list; it must be a mapping',
    ]);
  });

  it('is not fooled by aliases that grow without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[index]}`)}]`),
    ];
    const file = write('bomb.yaml', bomb.join('\n'));
    expect(print(faultsOf(() => loadConfig({ file })))).toEqual([
      '1 cannot be expanded: its aliases are too many or unknown; write them out',
    ]);
  });

  it('treats `__proto__` as any other unknown key', () => {
    const file = write('proto.yaml', `${SOUND}__proto__: { audit: { record: all } }\n`);
    expect(print(faultsOf(() => loadConfig({ file })))).toEqual([
      expect.stringMatching(/^11 unknown key `__proto__`/),
    ]);
  });

  it('adds the findings of further checks to its own', () => {
    const file = write('further.yaml', `${SOUND}audti: {}\n`);
    const check = () => [
      { path: ['deployments', 0, 'workspace'], message: 'names a workspace that nobody knows' },
    ];
    expect(print(faultsOf(() => loadConfig({ file, checks: [check] })))).toEqual([
      '6 names a workspace that nobody knows',
      '11 unknown key `audti`; did you mean `audit`?',
    ]);
  });
});
