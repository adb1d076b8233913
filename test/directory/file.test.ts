import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Directory, Member } from '../../src/directory/directory.js';
import { createFileSource } from '../../src/directory/file.js';
import { callerOf, describeRoleSource, type Grant, serviceAccount, user } from '../contracts/role-source.js';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

function directoryOf(grants: readonly Grant[]): Directory {
  function membersAt(scope: string, id: string | undefined): Member[] {
    return grants.flatMap(({ to, binding }) => {
      if ('serviceAccount' in to || binding.scope !== scope) return [];
      return ('id' in binding ? binding.id : undefined) === id ? [{ ...to, role: binding.level }] : [];
    });
  }
  const ids = (scope: string) => [
    ...new Set(
      grants.flatMap(({ binding }) => (binding.scope === scope && 'id' in binding ? [binding.id] : [])),
    ),
  ];
  return {
    system: membersAt('SYSTEM', undefined),
    workspaces: ids('WORKSPACE').map((id) => ({
      id,
      members: membersAt('WORKSPACE', id),
      serviceAccounts: grants.flatMap(({ to, binding }) =>
        'serviceAccount' in to && 'id' in binding && binding.id === id
          ? [{ id: to.serviceAccount, role: binding.level, keySha256: sha256(to.serviceAccount) }]
          : [],
      ),
    })),
    deployments: ids('DEPLOYMENT').map((id) => ({ id, members: membersAt('DEPLOYMENT', id) })),
  };
}

describeRoleSource('file', { names: 'users, groups and service accounts' }, (grants) => {
  let directory: Directory | undefined = directoryOf(grants);
  return {
    source: createFileSource({
      name: 'file',
      current: () => {
        if (directory === undefined) throw new Error('no directory');
        return directory;
      },
    }),
    caller: (principal) => callerOf(principal),
    takeDown: () => {
      directory = undefined;
    },
  };
});

const signal = new AbortController().signal;
const EMPTY: Directory = { system: [], workspaces: [], deployments: [] };
const TEAM: Directory = {
  ...EMPTY,
  workspaces: [
    {
      id: 'data-team',
      members: [{ user: 'ada', role: 'ADMIN' }],
      serviceAccounts: [
        { id: 'ci', label: 'CI', role: 'EDITOR', keySha256: sha256('secret').toUpperCase() },
        { id: 'broken', role: 'ADMIN', keySha256: 'abc' },
      ],
    },
  ],
};

describe('createFileSource', () => {
  it('works with a new directory from the next call on', async () => {
    let directory = EMPTY;
    const source = createFileSource({ name: 'file', current: () => directory });
    expect(await source.find(callerOf(user('ada')), signal)).toMatchObject({ bindings: [] });
    directory = TEAM;
    expect(await source.find(callerOf(user('ada')), signal)).toMatchObject({
      bindings: [{ level: 'ADMIN' }],
    });
    directory = EMPTY;
    expect(await source.find(callerOf(serviceAccount('ci')), signal)).toMatchObject({ bindings: [] });
  });

  it('finds a service account by the digest of its key, however the file spells the hex', async () => {
    const { keys } = createFileSource({ name: 'file', current: () => TEAM });
    expect(await keys.find(sha256('secret'))).toEqual({ kind: 'found', id: 'ci', label: 'CI' });
    expect(await keys.find(sha256('other'))).toEqual({ kind: 'none' });
  });

  it.each(['', 'abc', 'zz', '__proto__'])('finds nobody by the digest `%s`', async (digest) => {
    const { keys } = createFileSource({ name: 'file', current: () => TEAM });
    expect(await keys.find(digest)).toEqual({ kind: 'none' });
  });

  it('does not know keys while there is no directory', async () => {
    const { keys } = createFileSource({
      name: 'file',
      current: () => {
        throw new Error('no directory');
      },
    });
    expect(await keys.find(sha256('secret'))).toEqual({ kind: 'unavailable', cause: 'file: no directory' });
  });
});
