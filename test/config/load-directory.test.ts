import { describe, expect, it } from '@jest/globals';
import { loadDirectory, parseDirectory } from '../../src/config/load-directory.js';
import { createFolder, faultsOf, print } from './fixture.js';

const { write } = createFolder();
const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const faults = (text: string) => print(faultsOf(() => parseDirectory('directory.yaml', text)));

describe('a directory', () => {
  it('is read with every kind of entry', () => {
    const file = write(
      'directory.yaml',
      `system: [{ user: root@example.com, role: ADMIN }]
workspaces:
  - id: data-team
    label: Data team
    members: [{ user: ada, role: ADMIN }, { group: analysts, role: VIEWER }]
    serviceAccounts: [{ id: ci, label: CI, role: EDITOR, keySha256: "${A}", keyLast4: abcd }]
  - id: other
deployments:
  - { id: quasarian-sun-1234, members: [{ user: vic, role: EDITOR }] }
`,
    );
    const { directory, locate } = loadDirectory(file);
    expect(directory).toEqual({
      system: [{ kind: 'user', id: 'root@example.com', role: 'ADMIN' }],
      workspaces: [
        {
          id: 'data-team',
          label: 'Data team',
          members: [
            { kind: 'user', id: 'ada', role: 'ADMIN' },
            { kind: 'group', id: 'analysts', role: 'VIEWER' },
          ],
          serviceAccounts: [{ id: 'ci', label: 'CI', role: 'EDITOR', keySha256: A, keyLast4: 'abcd' }],
        },
        { id: 'other', label: undefined, members: [], serviceAccounts: [] },
      ],
      deployments: [{ id: 'quasarian-sun-1234', members: [{ kind: 'user', id: 'vic', role: 'EDITOR' }] }],
    });
    expect(locate(['workspaces', 1, 'id'])).toBe(7);
  });

  it('may be empty', () => {
    expect(parseDirectory('directory.yaml', '').directory).toEqual({
      system: [],
      workspaces: [],
      deployments: [],
    });
  });

  it('may name a person in two places, and a user and a group alike', () => {
    const text =
      'system: [{ user: a, role: ADMIN }, { group: a, role: VIEWER }]\nworkspaces: [{ id: w, members: [{ user: a, role: VIEWER }] }]\n';
    expect(parseDirectory('directory.yaml', text).directory.workspaces).toHaveLength(1);
  });

  it.each([
    {
      name: 'an unknown key',
      text: 'systems: []',
      says: ['1 unknown key `systems`; did you mean `system`?'],
    },
    {
      name: 'a role that is none',
      text: 'system: [{ user: a, role: OWNER }]',
      says: ['1 `system[0].role` is `OWNER`; it must be one of `VIEWER`, `EDITOR`, `ADMIN`'],
    },
    {
      name: 'a role in lower case',
      text: 'system: [{ user: a, role: admin }]',
      says: [
        '1 `system[0].role` is `admin`; it must be one of `VIEWER`, `EDITOR`, `ADMIN`; did you mean `ADMIN`?',
      ],
    },
    {
      name: 'a user that is a number',
      text: 'system: [{ user: 7, role: ADMIN }]',
      says: ['1 `system[0].user` must be text; quote it: `"7"`'],
    },
    {
      name: 'nobody',
      text: 'system:\n  - { role: ADMIN }',
      says: ['2 `system[0]` has neither `user` nor `group`; name one'],
    },
    {
      name: 'a user and a group',
      text: 'system:\n  - { role: ADMIN, user: a, group: b }',
      says: ['2 `system[0]` names a user and a group; make it two entries'],
    },
    {
      name: 'one user twice',
      text: 'system:\n  - { role: ADMIN, user: a }\n  - { role: VIEWER, user: a }',
      says: ['3 `system[1]` is `user: a` again, as in `system[0]`; keep one of them'],
    },
    {
      name: 'one group twice in a Deployment',
      text: 'deployments:\n  - id: d\n    members:\n      - { role: ADMIN, group: a }\n      - { role: ADMIN, group: a }',
      says: [
        '5 `deployments[0].members[1]` is `group: a` again, as in `deployments[0].members[0]`; keep one of them',
      ],
    },
    {
      name: 'one Workspace twice',
      text: 'workspaces:\n  - id: w\n  - id: w',
      says: ['3 `workspaces[1].id` is `w` again, as in `workspaces[0].id`; keep one of them'],
    },
    {
      name: 'one Deployment twice',
      text: 'deployments:\n  - id: w\n  - id: w',
      says: ['3 `deployments[1].id` is `w` again, as in `deployments[0].id`; keep one of them'],
    },
    {
      name: 'one service account in two Workspaces',
      text: `workspaces:\n  - id: v\n    serviceAccounts:\n      - { id: ci, role: ADMIN, keySha256: ${A} }\n  - id: w\n    serviceAccounts:\n      - { id: ci, role: ADMIN, keySha256: ${B} }`,
      says: [
        '7 `workspaces[1].serviceAccounts[0].id` is `ci` again, as in `workspaces[0].serviceAccounts[0].id`; keep one of them',
      ],
    },
    {
      name: 'one key of two service accounts',
      text: `workspaces:\n  - id: v\n    serviceAccounts:\n      - { id: a, role: ADMIN, keySha256: ${A} }\n      - { id: b, role: ADMIN, keySha256: ${A} }`,
      says: [
        '5 `workspaces[0].serviceAccounts[1].keySha256` is the key of `workspaces[0].serviceAccounts[0]` too; make a new one',
      ],
    },
    {
      name: 'a digest in upper case',
      text: `workspaces:\n  - id: v\n    serviceAccounts:\n      - { id: a, role: ADMIN, keySha256: ${'A'.repeat(64)} }`,
      says: [
        '4 `workspaces[0].serviceAccounts[0].keySha256` must be the SHA-256 of the key as 64 lower-case hex digits (`printf %s KEY | sha256sum`)',
      ],
    },
    {
      name: 'everything at once, with entries counted as written',
      text: 'system:\n  - { role: BOSS, user: a }\n  - { role: ADMIN, user: b }\n  - { role: ADMIN, user: b }\nworkspaces: {}\n',
      says: [
        '2 `system[0].role` is `BOSS`; it must be one of `VIEWER`, `EDITOR`, `ADMIN`',
        '4 `system[2]` is `user: b` again, as in `system[1]`; keep one of them',
        '5 `workspaces` is a mapping; it must be a list of mappings',
      ],
    },
    { name: 'broken syntax', text: 'system: [', says: [expect.stringMatching(/^1 is not valid YAML/)] },
  ])('refuses $name', ({ text, says }) => {
    expect(faults(text)).toEqual(says);
  });

  it('tells of a file that is not there, as a fault of the directory', () => {
    expect(() => loadDirectory('/nowhere/directory.yaml')).toThrow(
      expect.objectContaining({
        code: 'directory',
        message: '/nowhere/directory.yaml:1 cannot be read (ENOENT); check the path and its permissions',
      }),
    );
  });
});
