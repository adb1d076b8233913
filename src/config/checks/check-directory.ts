import type { Directory, DirectoryMember } from '../directory.js';
import type { Finding, NameOf, Path } from '../finding.js';

/** What must differ in a directory: ids, keys, and the members of one place. */
export function checkDirectory(directory: Directory, nameOf: NameOf): Finding[] {
  const { system, workspaces, deployments } = directory;
  const accounts = workspaces.flatMap(({ serviceAccounts }, workspace) =>
    serviceAccounts.map((account, index) => ({
      account,
      path: ['workspaces', workspace, 'serviceAccounts', index],
    })),
  );
  const lists: Entry[][] = [
    workspaces.map(({ id }, index) => ({ value: id, path: ['workspaces', index, 'id'] })),
    deployments.map(({ id }, index) => ({ value: id, path: ['deployments', index, 'id'] })),
    accounts.map(({ account, path }) => ({ value: account.id, path: [...path, 'id'] })),
    membersOf(system, ['system']),
    ...workspaces.map(({ members }, index) => membersOf(members, ['workspaces', index, 'members'])),
    ...deployments.map(({ members }, index) => membersOf(members, ['deployments', index, 'members'])),
  ];
  const keys = accounts.map(({ account, path }) => ({
    value: account.keySha256,
    path: [...path, 'keySha256'],
  }));
  return [...lists.flatMap((entries) => twice(entries, nameOf)), ...sharedKeys(keys, nameOf)];
}

interface Entry {
  readonly value: string;
  readonly path: Path;
}

function membersOf(members: readonly DirectoryMember[], path: Path): Entry[] {
  return members.map(({ kind, id }, index) => ({ value: `${kind}: ${id}`, path: [...path, index] }));
}

function twice(entries: readonly Entry[], nameOf: NameOf): Finding[] {
  return repeated(
    entries,
    ({ value, path }, first) =>
      `\`${nameOf(path)}\` is \`${value}\` again, as in \`${nameOf(first.path)}\`; keep one of them`,
  );
}

/** One key of two programs: nobody could tell which of them asks. */
function sharedKeys(entries: readonly Entry[], nameOf: NameOf): Finding[] {
  return repeated(
    entries,
    ({ path }, first) =>
      `\`${nameOf(path)}\` is the key of \`${nameOf(first.path.slice(0, -1))}\` too; make a new one`,
  );
}

function repeated(entries: readonly Entry[], describe: (entry: Entry, first: Entry) => string): Finding[] {
  const seen = new Map<string, Entry>();
  return entries.flatMap((entry): Finding[] => {
    const first = seen.get(entry.value);
    if (first !== undefined) return [{ path: entry.path, message: describe(entry, first) }];
    seen.set(entry.value, entry);
    return [];
  });
}
