/** Who is asking. `id` is the value that role sources, audit and assertions know the caller by. */
export interface Principal {
  readonly kind: 'user' | 'service-account';
  /** Compared byte for byte. Service accounts: the bare id; see {@link subjectOf} for the asserted form. */
  readonly id: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly groups: readonly string[];
}

/** The name upstream and audit see: the id, or `service-account:<id>`, so that no person can wear a program's name. */
export function subjectOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.id : `service-account:${principal.id}`;
}
