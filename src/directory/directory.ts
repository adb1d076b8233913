import type { Level } from '../domain/role.js';

/** Somebody, or everybody in a group, and the role held. Names are compared byte for byte. */
export type Member =
  | { readonly user: string; readonly role: Level }
  | { readonly group: string; readonly role: Level };

/** A program of one Workspace. Ids are unique over all Workspaces. */
export interface ServiceAccount {
  readonly id: string;
  readonly label?: string | undefined;
  readonly role: Level;
  /** Hex SHA-256 of its key; the key itself is stored nowhere. */
  readonly keySha256: string;
  readonly keyLast4?: string | undefined;
}

export interface Workspace {
  readonly id: string;
  readonly label?: string | undefined;
  readonly members: readonly Member[];
  readonly serviceAccounts: readonly ServiceAccount[];
}

/** Who holds which role where, as written in one directory file and checked when it was read. */
export interface Directory {
  readonly system: readonly Member[];
  readonly workspaces: readonly Workspace[];
  readonly deployments: readonly { readonly id: string; readonly members: readonly Member[] }[];
}
