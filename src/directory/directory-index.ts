import type { Binding } from '../domain/binding.js';
import type { Principal } from '../domain/principal.js';
import type { Directory, Member, ServiceAccount } from './directory.js';

/** One directory, ready for lookups. Maps, so that no name can mean a method of Object. */
export interface DirectoryIndex {
  /** All bindings of a principal: its own and those of its groups. */
  bindingsOf(principal: Principal): readonly Binding[];
  readonly serviceAccounts: readonly { readonly digest: Buffer; readonly account: ServiceAccount }[];
}

type Place = { scope: 'SYSTEM' } | { scope: 'WORKSPACE' | 'DEPLOYMENT'; id: string };

const NOTHING: readonly Binding[] = [];

/** Turns a directory inside out, once, so that a lookup costs one Map access per name. */
export function indexDirectory(directory: Directory, source: string): DirectoryIndex {
  const users = new Map<string, Binding[]>();
  const groups = new Map<string, Binding[]>();
  const programs = new Map<string, Binding[]>();

  function add(members: readonly Member[], place: Place): void {
    for (const member of members) {
      const binding: Binding = { ...place, level: member.role, source };
      if ('user' in member) append(users, member.user, binding);
      else append(groups, member.group, binding);
    }
  }

  add(directory.system, { scope: 'SYSTEM' });
  for (const { id, members, serviceAccounts } of directory.workspaces) {
    add(members, { scope: 'WORKSPACE', id });
    for (const account of serviceAccounts) {
      append(programs, account.id, { scope: 'WORKSPACE', id, level: account.role, source });
    }
  }
  for (const { id, members } of directory.deployments) add(members, { scope: 'DEPLOYMENT', id });

  return {
    bindingsOf(principal) {
      switch (principal.kind) {
        case 'user':
          return [
            ...(users.get(principal.id) ?? NOTHING),
            ...[...new Set(principal.groups)].flatMap((group) => groups.get(group) ?? NOTHING),
          ];
        case 'service-account':
          return programs.get(principal.id) ?? NOTHING;
        default:
          return principal.kind satisfies never;
      }
    },
    serviceAccounts: directory.workspaces.flatMap((workspace) =>
      workspace.serviceAccounts.map((account) => ({
        digest: Buffer.from(account.keySha256, 'hex'),
        account,
      })),
    ),
  };
}

function append(map: Map<string, Binding[]>, name: string, binding: Binding): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [binding]);
  else list.push(binding);
}
