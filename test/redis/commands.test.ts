import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { addRolesCommands } from '../../src/cli/commands/roles.js';
import { addServiceAccountCommands } from '../../src/cli/commands/service-account.js';
import { describeWithRedis, freePort, type RunningRedis, startRedis } from './redis.js';

let folder: string;
let config: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'role-commands-'));
  directory = join(folder, 'directory.yaml');
  config = join(folder, 'gateway.yaml');
  writeFileSync(directory, 'workspaces: [{ id: w, members: [{ user: eve, role: EDITOR }] }]\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function configure(...sources: object[]): void {
  writeFileSync(
    config,
    stringify({
      development: { issuer: true, people: [{ id: 'eve' }] },
      roles: { sources },
      deployments: [
        {
          id: 'd1',
          workspace: 'w',
          airflow: { version: '3.3', upstream: 'http://127.0.0.1:1', identity: { profile: 'none' } },
        },
      ],
      audit: { path: join(folder, 'audit.ndjson') },
    }),
  );
}

/** One command line: what it printed and its exit status. Rejects as the program would print. */
async function run(...args: string[]): Promise<{ out: string; status: number }> {
  const printed: string[] = [];
  let status = 0;
  const exit = (code: number): void => {
    status = code;
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addRolesCommands(program, (text) => printed.push(text), exit);
  addServiceAccountCommands(program, (text) => printed.push(text), exit);
  await program.parseAsync(['node', 'airflow-auth-proxy', ...args, '--config', config]);
  return { out: printed.join('\n'), status };
}

function manages(name: string, prepare: () => void | Promise<void>): void {
  describe(`roles and service-account with a ${name} source`, () => {
    beforeEach(prepare);

    it('gives, shows and takes a role', async () => {
      await run('roles', 'set', '--user', 'ada', '--workspace', 'w', '--role', 'admin');
      await run('roles', 'set', '--group', 'analysts', '--deployment', 'd1', '--role', 'VIEWER');
      await run('roles', 'set', '--user', 'root', '--system', '--role', 'ADMIN');
      expect((await run('roles', 'get', '--user', 'ada')).out).toBe(`${name}\tuser ada\tworkspace w\tADMIN`);
      const { out } = await run('roles', 'list');
      expect(out).toContain(`${name}\tgroup analysts\tdeployment d1\tVIEWER`);
      expect(out).toContain(`${name}\tuser root\tsystem\tADMIN`);
      expect((await run('roles', 'remove', '--user', 'ada', '--workspace', 'w')).status).toBe(0);
      expect((await run('roles', 'get', '--user', 'ada')).out).toBe('no roles');
      expect(await run('roles', 'remove', '--user', 'ada', '--workspace', 'w')).toEqual({
        out: 'user `ada` holds no role there',
        status: 1,
      });
    });

    it('prints JSON', async () => {
      await run('roles', 'set', '--user', 'ada', '--workspace', 'w', '--role', 'ADMIN');
      expect(JSON.parse((await run('roles', 'get', '--user', 'ada', '--json')).out)).toEqual([
        { source: name, user: 'ada', scope: 'WORKSPACE', id: 'w', role: 'ADMIN' },
      ]);
    });

    it('makes a service account, shows its key once and the end of it later, and withdraws it', async () => {
      const key = (
        await run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'EDITOR', '--label', 'CI')
      ).out;
      expect(key).toMatch(/^[0-9a-f]{48}$/);
      const { out } = await run('service-account', 'list');
      expect(out).toBe(`${name}\tci\tkey …${key.slice(-4)}\tEDITOR at workspace w\tCI`);
      await expect(
        run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'EDITOR'),
      ).rejects.toThrow(/exists/);
      expect((await run('service-account', 'revoke', 'ci')).out).toBe(`revoked in ${name}`);
      expect((await run('service-account', 'list')).out).toBe('no service accounts');
      expect((await run('roles', 'get', '--service-account', 'ci')).out).toBe('no roles');
      expect(await run('service-account', 'revoke', 'ci')).toEqual({
        out: 'no service account `ci`',
        status: 1,
      });
    });

    it.each<[string, string[], RegExp]>([
      ['nobody', ['roles', 'get'], /say who/],
      ['two holders', ['roles', 'get', '--user', 'a', '--group', 'b'], /say who/],
      ['no place', ['roles', 'set', '--user', 'a', '--role', 'ADMIN'], /say where/],
      ['two places', ['roles', 'remove', '--user', 'a', '--system', '--workspace', 'w'], /say where/],
      [
        'a role that is none',
        ['roles', 'set', '--user', 'a', '--system', '--role', 'OWNER'],
        /VIEWER, EDITOR, ADMIN/,
      ],
      ['a source that is none', ['roles', 'list', '--source', 'x'], /no role source `x`; there are/],
      [
        'a bad id',
        ['service-account', 'create', 'a b', '--workspace', 'w', '--role', 'ADMIN'],
        /letters, digits/,
      ],
    ])('refuses %s', async (_name, args, message) => {
      await expect(run(...args)).rejects.toThrow(message);
    });
  });
}

manages('file', () => configure({ kind: 'file', path: directory }));

describe('a directory file', () => {
  it('holds no key, only its digest', async () => {
    configure({ kind: 'file', path: directory });
    const key = (await run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'EDITOR')).out;
    const text = readFileSync(directory, 'utf8');
    expect(text).not.toContain(key);
    expect(text).toContain(createHash('sha256').update(key).digest('hex'));
  });

  it('holds one role for a service account', async () => {
    configure({ kind: 'file', path: directory });
    await run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'EDITOR');
    await run('roles', 'set', '--service-account', 'ci', '--workspace', 'w', '--role', 'VIEWER');
    expect((await run('roles', 'get', '--service-account', 'ci')).out).toContain('VIEWER');
    await expect(
      run('roles', 'set', '--service-account', 'ci', '--system', '--role', 'ADMIN'),
    ).rejects.toThrow(/holds one role/);
  });
});

describeWithRedis('redis', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const source = () => ({ kind: 'redis', url: redis.url, keyPrefix: 'p:' });

  manages('redis', async () => {
    await redis.cli('FLUSHALL');
    configure(source());
  });

  it('holds what redis-cli would have written, and no key', async () => {
    await redis.cli('FLUSHALL');
    configure(source());
    await run('roles', 'set', '--user', 'ada', '--deployment', 'd1', '--role', 'ADMIN');
    expect(await redis.cli('HGETALL', 'p:roles:user:ada')).toBe('deployment:d1\nADMIN');
    const key = (await run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'EDITOR')).out;
    const digest = createHash('sha256').update(key).digest('hex');
    expect(await redis.cli('GET', `p:service-account-key:${digest}`)).toBe('ci');
    expect(await redis.cli('HGETALL', 'p:roles:service-account:ci')).toBe('workspace:w\nEDITOR');
    for (const stored of (await redis.cli('KEYS', '*')).split('\n')) expect(stored).not.toContain(key);
  });

  it('withdraws an account that somebody made by hand, with all its keys', async () => {
    await redis.cli('FLUSHALL');
    configure(source());
    for (const digit of ['a', 'b']) await redis.cli('SET', `p:service-account-key:${digit.repeat(64)}`, 'cd');
    expect((await run('service-account', 'list')).out).toBe('redis\tcd\tkey …????\tno role');
    await run('service-account', 'revoke', 'cd');
    expect(await redis.cli('DBSIZE')).toBe('0');
  });

  it('asks which source to write where there are two', async () => {
    configure(source(), { kind: 'file', path: directory });
    const set = ['roles', 'set', '--user', 'ada', '--system', '--role', 'ADMIN'];
    await expect(run(...set)).rejects.toThrow('say which role source with --source: `redis`, `file`');
    expect((await run(...set, '--source', 'file')).out).toContain('file\tuser ada');
    await expect(
      run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'VIEWER', '--source', 'file').then(
        () =>
          run('service-account', 'create', 'ci', '--workspace', 'w', '--role', 'VIEWER', '--source', 'redis'),
      ),
    ).rejects.toThrow('exists in `file`');
  });

  it('says why a write was refused', async () => {
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${redis.port}`] });
    try {
      configure({ kind: 'redis', url: replica.url });
      await expect(run('roles', 'set', '--user', 'a', '--system', '--role', 'ADMIN')).rejects.toThrow(
        /did not take HSET: READONLY .*give a server and a user that may write/,
      );
    } finally {
      await replica.stop();
    }
  });

  it('says within seconds that Redis does not answer', async () => {
    configure({ kind: 'redis', url: `redis://127.0.0.1:${await freePort()}` });
    await expect(run('roles', 'list')).rejects.toThrow(/does not answer .*check roles.sources/);
  });
});
