import * as z from 'zod';
import { LEVELS } from '../../domain/role.js';
import type { DirectoryMember } from '../directory.js';
import { printable } from './primitives.js';

const role = z.enum(LEVELS);

const member = z
  .strictObject({ user: printable().optional(), group: printable().optional(), role })
  .transform(({ user, group, role }, context): DirectoryMember => {
    if (user !== undefined && group === undefined) return { kind: 'user', id: user, role };
    if (group !== undefined && user === undefined) return { kind: 'group', id: group, role };
    const message =
      user === undefined
        ? 'has neither `user` nor `group`; name one'
        : 'names a user and a group; make it two entries';
    context.issues.push({ code: 'custom', input: undefined, message });
    return z.NEVER;
  });

const members = z.array(member).default([]);

const serviceAccount = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits and ._-'),
    label: printable().optional(),
    role,
    keySha256: z
      .string()
      .regex(
        /^[0-9a-f]{64}$/,
        'must be the SHA-256 of the key as 64 lower-case hex digits (`printf %s KEY | sha256sum`)',
      )
      // Nobody can sign in with a digest, but it has no business in logs either.
      .meta({ 'x-secret': true }),
    keyLast4: z.string().length(4).optional(),
  })
  .transform((account) => ({ ...account, label: account.label, keyLast4: account.keyLast4 }));

const workspace = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits and ._-'),
    label: printable().optional(),
    members,
    serviceAccounts: z.array(serviceAccount).default([]),
  })
  .transform((value) => ({ ...value, label: value.label }));

const deployment = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 lower-case letters, digits and `-`'),
  members,
});

/** `directory.yaml`: who has which role where, and the keys of programs. */
export const directory = z.strictObject({
  system: members,
  workspaces: z.array(workspace).default([]),
  deployments: z.array(deployment).default([]),
});
