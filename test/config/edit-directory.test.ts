import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addServiceAccount,
  type DirectoryEdit,
  editDirectory,
  editMember,
  editServiceAccountRole,
  removeServiceAccount,
} from '../../src/config/edit-directory.js';
import { loadDirectory } from '../../src/config/load-directory.js';

const DIGEST = 'ab'.repeat(32);
const TEXT = `# who may do what
system:
  - { user: root, role: ADMIN }
workspaces:
  - id: data-team # the first one
    members:
      # runs the pipelines
      - { user: eve, role: EDITOR }
      - { group: eve, role: VIEWER }
    serviceAccounts:
      - { id: ci, role: EDITOR, keySha256: "${DIGEST}" }
`;

describe('editDirectory', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edit-directory-'));
    file = join(folder, 'directory.yaml');
    writeFileSync(file, TEXT);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const workspace = { list: 'workspaces', id: 'data-team' } as const;
  const eve = { kind: 'user', id: 'eve' } as const;

  it.each<[string, DirectoryEdit, string, string]>([
    [
      'changes a role in place',
      editMember(workspace, eve, 'VIEWER'),
      '{ user: eve, role: EDITOR }',
      '{ user: eve, role: VIEWER }',
    ],
    [
      'takes a member out, not the group of its name',
      editMember(workspace, eve, undefined),
      '      - { user: eve, role: EDITOR }\n',
      '',
    ],
    [
      'changes the role of a service account',
      editServiceAccountRole('ci', 'data-team', 'VIEWER'),
      '{ id: ci, role: EDITOR',
      '{ id: ci, role: VIEWER',
    ],
  ])('%s and keeps comments, order and style', async (_name, edit, before, after) => {
    expect(await editDirectory(file, edit)).toBe(true);
    const text = readFileSync(file, 'utf8');
    const expected = TEXT.replace(before, after);
    // Removing an entry takes the comment before it along.
    const withoutComment = (yaml: string) => yaml.replace(/ *# runs the pipelines\n/, '');
    expect(withoutComment(text)).toBe(withoutComment(expected));
  });

  it.each<
    [string, DirectoryEdit, (directory: ReturnType<typeof loadDirectory>['directory']) => unknown, unknown]
  >([
    [
      'a member',
      editMember(workspace, { kind: 'user', id: 'ada' }, 'ADMIN'),
      ({ workspaces }) => workspaces[0]?.members.at(-1),
      { kind: 'user', id: 'ada', role: 'ADMIN' },
    ],
    [
      'a system role',
      editMember({ list: 'system' }, { kind: 'group', id: 'ops' }, 'VIEWER'),
      ({ system }) => system.at(-1),
      { kind: 'group', id: 'ops', role: 'VIEWER' },
    ],
    [
      'a Workspace that is not there yet',
      editMember({ list: 'workspaces', id: 'ml' }, eve, 'EDITOR'),
      ({ workspaces }) => [workspaces[1]?.id, workspaces[1]?.members],
      ['ml', [{ kind: 'user', id: 'eve', role: 'EDITOR' }]],
    ],
    [
      'a Deployment where there is none',
      editMember({ list: 'deployments', id: 'd-1' }, eve, 'EDITOR'),
      ({ deployments }) => deployments,
      [{ id: 'd-1', members: [{ kind: 'user', id: 'eve', role: 'EDITOR' }] }],
    ],
    [
      'a service account',
      addServiceAccount('data-team', {
        id: 'cd',
        role: 'VIEWER',
        keySha256: DIGEST.replaceAll('a', 'c'),
        keyLast4: 'wxyz',
      }),
      ({ workspaces }) => workspaces[0]?.serviceAccounts.map(({ id, keyLast4 }) => [id, keyLast4]),
      [
        ['ci', undefined],
        ['cd', 'wxyz'],
      ],
    ],
    [
      'nothing in place of a service account',
      removeServiceAccount('ci'),
      ({ workspaces }) => workspaces[0]?.serviceAccounts,
      [],
    ],
  ])('writes %s', async (_name, edit, read, expected) => {
    expect(await editDirectory(file, edit)).toBe(true);
    expect(read(loadDirectory(file).directory)).toEqual(expected);
    expect(readFileSync(file, 'utf8')).toContain('# the first one');
    expect(readdirSync(folder)).toEqual(['directory.yaml']);
  });

  it('writes the first member of an empty file', async () => {
    writeFileSync(file, '');
    await editDirectory(file, editMember(workspace, eve, 'EDITOR'));
    expect(loadDirectory(file).directory.workspaces[0]?.members).toHaveLength(1);
  });

  it.each<[string, DirectoryEdit]>([
    ['a member who is not there', editMember(workspace, { kind: 'user', id: 'ada' }, undefined)],
    ['a Workspace that is not there', editMember({ list: 'workspaces', id: 'ml' }, eve, undefined)],
    ['a service account that is not there', removeServiceAccount('cd')],
    ['a service account of another Workspace', editServiceAccountRole('ci', 'ml', 'VIEWER')],
  ])('leaves the file alone for %s', async (_name, edit) => {
    expect(await editDirectory(file, edit)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
  });

  it('keeps the file where the change would make it invalid', async () => {
    const twice = addServiceAccount('data-team', { id: 'ci', role: 'VIEWER', keySha256: DIGEST });
    await expect(editDirectory(file, twice)).rejects.toThrow(/`ci` again/);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    expect(readdirSync(folder)).toEqual(['directory.yaml']);
  });

  it('loses no change of ten who edit at the same time', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `user-${i}`);
    await Promise.all(
      names.map((id) => editDirectory(file, editMember(workspace, { kind: 'user', id }, 'VIEWER'))),
    );
    const members = loadDirectory(file).directory.workspaces[0]?.members.map(({ id }) => id) ?? [];
    expect(names.every((name) => members.includes(name))).toBe(true);
  });

  it('follows a link to the file it stands for', async () => {
    const link = join(folder, 'link.yaml');
    symlinkSync(file, link);
    await editDirectory(link, editMember(workspace, eve, 'ADMIN'));
    expect(loadDirectory(file).directory.workspaces[0]?.members[0]?.role).toBe('ADMIN');
  });
});
