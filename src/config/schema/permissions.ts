import * as z from 'zod';
import { PERMISSIONS } from '../../domain/permission.js';
import { ROLES } from '../../domain/role.js';

export const permission = z
  .enum(PERMISSIONS)
  .meta({ id: 'Permission', description: 'A permission of the vocabulary.' });

export const permissions = z
  .partialRecord(
    z.enum(ROLES),
    z
      .partialRecord(permission, z.boolean())
      .describe('Cells of this role: a permission and whether the role holds it.'),
  )
  .default({})
  .describe(
    'Changes to single cells of the table of roles and permissions: `WORKSPACE_EDITOR: { deployment.airflow.xcom.get: true }`.',
  );
