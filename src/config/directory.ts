import type { Level } from '../domain/role.js';

/** One role of one user or group somewhere. `id` is compared byte for byte. */
export interface DirectoryMember {
  readonly kind: 'user' | 'group';
  readonly id: string;
  readonly role: Level;
}

/** A program with a key of its own. The key itself is nowhere; its SHA-256 is. */
export interface DirectoryServiceAccount {
  readonly id: string;
  readonly label: string | undefined;
  readonly role: Level;
  /** 64 lower-case hex digits. */
  readonly keySha256: string;
  readonly keyLast4: string | undefined;
}

export interface DirectoryWorkspace {
  readonly id: string;
  readonly label: string | undefined;
  readonly members: readonly DirectoryMember[];
  readonly serviceAccounts: readonly DirectoryServiceAccount[];
}

/** What `directory.yaml` says, checked. */
export interface Directory {
  readonly system: readonly DirectoryMember[];
  readonly workspaces: readonly DirectoryWorkspace[];
  readonly deployments: readonly { readonly id: string; readonly members: readonly DirectoryMember[] }[];
}
