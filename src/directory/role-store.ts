import type { Level } from '../domain/role.js';

export const HOLDER_KINDS = ['user', 'group', 'service-account'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

/** Who holds a role. */
export interface Holder {
  readonly kind: HolderKind;
  /** Byte for byte. */
  readonly name: string;
}

/** Where a role is held. */
export type RolePlace =
  | { readonly scope: 'SYSTEM' }
  | { readonly scope: 'WORKSPACE' | 'DEPLOYMENT'; readonly id: string };

export interface HeldRole {
  readonly holder: Holder;
  readonly place: RolePlace;
  readonly level: Level;
}

/** A program that has a key; the key itself is stored nowhere. */
export interface StoredServiceAccount {
  readonly id: string;
  readonly label: string | undefined;
  /** Undefined where somebody stored the key without saying. */
  readonly keyLast4: string | undefined;
  readonly roles: readonly { readonly place: RolePlace; readonly level: Level }[];
}

export interface NewServiceAccount {
  readonly id: string;
  readonly label: string | undefined;
  readonly workspace: string;
  readonly level: Level;
  /** Lower-case hex. */
  readonly keySha256: string;
  readonly keyLast4: string;
}

/** A place where roles can be written. What it does not allow is an error that names the remedy. */
export interface RoleStore {
  readonly name: string;
  list(): Promise<readonly HeldRole[]>;
  set(role: HeldRole): Promise<void>;
  /** False: there was no such role. */
  remove(holder: Holder, place: RolePlace): Promise<boolean>;
  serviceAccounts(): Promise<readonly StoredServiceAccount[]>;
  createServiceAccount(account: NewServiceAccount): Promise<void>;
  /** Its keys, its roles and itself. False: there was none. */
  revokeServiceAccount(id: string): Promise<boolean>;
  close(): void;
}
