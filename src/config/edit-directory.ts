import {
  closeSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, parseDocument } from 'yaml';
import { AuthProxyError } from '../domain/errors.js';
import type { Level } from '../domain/role.js';
import type { Directory, DirectoryMember } from './directory.js';
import { parseDirectory } from './load-directory.js';
import { codeOf } from './read-yaml.js';

/** Where members stand in a directory. */
export type MembersPlace =
  | { readonly list: 'system' }
  | { readonly list: 'workspaces' | 'deployments'; readonly id: string };

/** One change of a directory file. `false`: there was nothing to remove. */
export type DirectoryEdit = (document: Document, directory: Directory) => boolean;

const LOCK_MS = 3000;

/**
 * Changes a `directory.yaml`, comments and order kept. The changed text is checked before it takes the place of the old
 * one, in one step; two who edit at the same time wait for each other.
 *
 * @throws {FaultsError} `directory` where the file is not valid before or after the change
 */
export async function editDirectory(file: string, edit: DirectoryEdit): Promise<boolean> {
  const path = realpathSync(file);
  const unlock = await lock(`${path}.lock`);
  try {
    const text = readFileSync(path, 'utf8');
    const { directory } = parseDirectory(file, text);
    const document = parseDocument(text);
    if (!edit(document, directory)) return false;
    const changed = document.toString({ lineWidth: 0 });
    parseDirectory(file, changed);
    const beside = `${path}.${process.pid}.new`;
    writeFileSync(beside, changed, { mode: statSync(path).mode });
    renameSync(beside, path);
    return true;
  } finally {
    unlock();
  }
}

/** Gives a member this role, or takes the member out where `role` is undefined. */
export function editMember(
  place: MembersPlace,
  { kind, id }: Pick<DirectoryMember, 'kind' | 'id'>,
  role: Level | undefined,
): DirectoryEdit {
  return (document, directory) => {
    const at =
      place.list === 'system' ? undefined : directory[place.list].findIndex((one) => one.id === place.id);
    const members = membersAt(directory, place, at);
    const index = members.findIndex((member) => member.kind === kind && member.id === id);
    const path = at === undefined ? [place.list] : [place.list, at, 'members'];
    if (role === undefined) return index >= 0 && document.deleteIn([...path, index]);
    if (index >= 0) document.setIn([...path, index, 'role'], role);
    else if (at === -1 && 'id' in place)
      append(document, [place.list], { id: place.id, members: [{ [kind]: id, role }] });
    else append(document, path, { [kind]: id, role });
    return true;
  };
}

/** Gives a service account another role at its Workspace. */
export function editServiceAccountRole(id: string, workspace: string, role: Level): DirectoryEdit {
  return (document, directory) => {
    const path = pathOfAccount(directory, id);
    if (path === undefined || directory.workspaces[Number(path[1])]?.id !== workspace) return false;
    document.setIn([...path, 'role'], role);
    return true;
  };
}

export function addServiceAccount(
  workspace: string,
  account: Readonly<Record<string, string>>,
): DirectoryEdit {
  return (document, directory) => {
    const at = directory.workspaces.findIndex(({ id }) => id === workspace);
    if (at === -1) append(document, ['workspaces'], { id: workspace, serviceAccounts: [account] });
    else append(document, ['workspaces', at, 'serviceAccounts'], account);
    return true;
  };
}

export function removeServiceAccount(id: string): DirectoryEdit {
  return (document, directory) => {
    const path = pathOfAccount(directory, id);
    return path !== undefined && document.deleteIn(path);
  };
}

function membersAt(
  directory: Directory,
  { list }: MembersPlace,
  at: number | undefined,
): readonly DirectoryMember[] {
  if (at === undefined || list === 'system') return directory.system;
  return directory[list][at]?.members ?? [];
}

function pathOfAccount(directory: Directory, id: string): (string | number)[] | undefined {
  for (const [at, { serviceAccounts }] of directory.workspaces.entries()) {
    const index = serviceAccounts.findIndex((account) => account.id === id);
    if (index >= 0) return ['workspaces', at, 'serviceAccounts', index];
  }
  return undefined;
}

function append(document: Document, path: readonly (string | number)[], value: unknown): void {
  const list = document.getIn(path);
  if (list === undefined || list === null) document.setIn(path, document.createNode([value]));
  else document.addIn(path, document.createNode(value));
}

async function lock(file: string): Promise<() => void> {
  const until = Date.now() + LOCK_MS;
  for (;;) {
    try {
      closeSync(openSync(file, 'wx'));
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (Date.now() > until)
        throw new AuthProxyError(
          'directory',
          `\`${file}\` is there: somebody edits the directory; wait, or remove it`,
        );
      await sleep(50);
    }
  }
}
