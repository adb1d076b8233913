import * as z from 'zod';
import type { Binding } from '../../domain/binding.js';
import { isRole, levelOf } from '../../domain/role.js';

/** The question. Nothing of the request is put into it; who asks is said by the token beside it. */
export const ROLE_BINDINGS_QUERY = `query roleBindings {
  self {
    user {
      roleBindings {
        role
        workspace { id }
        deployment { id releaseName }
      }
    }
  }
}`;

const id = z.string().min(1).max(256);

/** Members beside these are ignored: Houston may say more. These have to be as they are. */
const reply = z.object({
  errors: z.array(z.unknown()).max(0, 'the reply names errors').nullish(),
  data: z.object({
    self: z.object({
      user: z.object({
        roleBindings: z
          .array(
            z.object({
              role: z.string().max(64),
              workspace: z.object({ id }).nullish(),
              deployment: z.object({ id, releaseName: id.nullish() }).nullish(),
            }),
          )
          .max(10_000),
      }),
    }),
  }),
});

/**
 * Reads a reply. A role that is none of ours, like Houston's `USER`, gives no binding. A Deployment is known here by
 * its release name, as its path has it.
 *
 * @throws {z.ZodError} where the reply is not of the form or names errors, even beside data
 */
export function readReply(value: unknown, source: string): readonly Binding[] {
  return reply
    .parse(value)
    .data.self.user.roleBindings.flatMap(({ role, workspace, deployment }): Binding[] => {
      if (!isRole(role)) return [];
      const level = levelOf(role);
      if (role.startsWith('SYSTEM_')) return [{ scope: 'SYSTEM', level, source }];
      if (role.startsWith('WORKSPACE_') && workspace)
        return [{ scope: 'WORKSPACE', id: workspace.id, level, source }];
      if (role.startsWith('DEPLOYMENT_') && deployment)
        return [{ scope: 'DEPLOYMENT', id: deployment.releaseName ?? deployment.id, level, source }];
      return [];
    });
}
