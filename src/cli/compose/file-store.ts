import type { Directory, DirectoryMember } from '../../config/directory.js';
import {
  addServiceAccount,
  editDirectory,
  editMember,
  editServiceAccountRole,
  type MembersPlace,
  removeServiceAccount,
} from '../../config/edit-directory.js';
import { loadDirectory } from '../../config/load-directory.js';
import type { HeldRole, RolePlace, RoleStore } from '../../directory/role-store.js';
import { AuthProxyError } from '../../domain/errors.js';

/** The roles and service accounts of one directory file, to be written by an operator. */
export function openFileStore(name: string, file: string): RoleStore {
  return {
    name,
    list: async () => rolesOf(loadDirectory(file).directory),
    async set({ holder, place, level }) {
      if (holder.kind !== 'service-account') {
        await editDirectory(file, editMember(toPlace(place), { kind: holder.kind, id: holder.name }, level));
        return;
      }
      const known =
        place.scope === 'WORKSPACE' &&
        (await editDirectory(file, editServiceAccountRole(holder.name, place.id, level)));
      if (!known) throw oneRole(holder.name);
    },
    async remove(holder, place) {
      if (holder.kind === 'service-account') throw oneRole(holder.name);
      return editDirectory(
        file,
        editMember(toPlace(place), { kind: holder.kind, id: holder.name }, undefined),
      );
    },
    serviceAccounts: async () =>
      loadDirectory(file).directory.workspaces.flatMap(({ id: workspace, serviceAccounts }) =>
        serviceAccounts.map(({ id, label, role, keyLast4 }) => ({
          id,
          label,
          keyLast4,
          roles: [{ place: { scope: 'WORKSPACE' as const, id: workspace }, level: role }],
        })),
      ),
    async createServiceAccount({ id, label, workspace, level, keySha256, keyLast4 }) {
      const account = { id, ...(label === undefined ? {} : { label }), role: level, keySha256, keyLast4 };
      await editDirectory(file, addServiceAccount(workspace, account));
    },
    revokeServiceAccount: (id) => editDirectory(file, removeServiceAccount(id)),
    close: () => {},
  };
}

function rolesOf({ system, workspaces, deployments }: Directory): HeldRole[] {
  const at = (place: RolePlace, members: readonly DirectoryMember[]): HeldRole[] =>
    members.map(({ kind, id, role }) => ({ holder: { kind, name: id }, place, level: role }));
  return [
    ...at({ scope: 'SYSTEM' }, system),
    ...workspaces.flatMap(({ id, members, serviceAccounts }) => [
      ...at({ scope: 'WORKSPACE', id }, members),
      ...serviceAccounts.map((account) => ({
        holder: { kind: 'service-account' as const, name: account.id },
        place: { scope: 'WORKSPACE' as const, id },
        level: account.role,
      })),
    ]),
    ...deployments.flatMap(({ id, members }) => at({ scope: 'DEPLOYMENT', id }, members)),
  ];
}

function toPlace(place: RolePlace): MembersPlace {
  switch (place.scope) {
    case 'SYSTEM':
      return { list: 'system' };
    case 'WORKSPACE':
      return { list: 'workspaces', id: place.id };
    case 'DEPLOYMENT':
      return { list: 'deployments', id: place.id };
    default:
      return place satisfies never;
  }
}

function oneRole(id: string): AuthProxyError {
  return new AuthProxyError(
    'directory',
    `in a directory file service account \`${id}\` holds one role, at its own Workspace; change that one, or make or revoke the account with service-account`,
  );
}
