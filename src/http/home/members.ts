import { type Level, type Role, roleOf } from '../../domain/role.js';
import type { HomeMember, HomeWorkspace } from './model.js';

/** As a directory lists people; see `directory/directory.ts`. */
export interface ListedMember {
  readonly user?: string;
  readonly group?: string;
  readonly role: Level;
}

export interface ListedDirectory {
  readonly system: readonly ListedMember[];
  readonly workspaces: readonly {
    readonly id: string;
    readonly members: readonly ListedMember[];
    readonly serviceAccounts: readonly {
      readonly id: string;
      readonly label?: string | undefined;
      readonly role: Level;
    }[];
  }[];
  readonly deployments: readonly { readonly id: string; readonly members: readonly ListedMember[] }[];
}

/** Everybody in one directory whose role reaches the Workspace's Deployments that are shown. */
export function membersIn(directory: ListedDirectory, { id, deployments }: HomeWorkspace): HomeMember[] {
  const shown = new Set(deployments.map((deployment) => deployment.id));
  const workspaces = directory.workspaces.filter((workspace) => workspace.id === id);
  return [
    ...listed(directory.system, (level) => roleOf('SYSTEM', level)),
    ...workspaces.flatMap(({ members }) => listed(members, (level) => roleOf('WORKSPACE', level))),
    ...workspaces.flatMap(({ serviceAccounts }) =>
      serviceAccounts.map(
        (account): HomeMember => ({
          kind: 'service-account',
          name: account.label ?? account.id,
          role: roleOf('WORKSPACE', account.role),
          deployment: undefined,
        }),
      ),
    ),
    ...directory.deployments
      .filter((deployment) => shown.has(deployment.id))
      .flatMap((deployment) =>
        listed(deployment.members, (level) => roleOf('DEPLOYMENT', level), deployment.id),
      ),
  ];
}

function listed(
  members: readonly ListedMember[],
  roleFor: (level: Level) => Role,
  deployment?: string,
): HomeMember[] {
  return members.map(({ user, group, role }) => ({
    kind: user === undefined ? 'group' : 'user',
    name: user ?? group ?? '',
    role: roleFor(role),
    deployment,
  }));
}
