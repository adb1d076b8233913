import * as z from 'zod';
import { parseVersion } from '../../domain/version.js';
import { airflowIdentity, flowerIdentity } from './identity.js';
import { origin } from './primitives.js';
import { extraRule } from './rule.js';
import { describePathFault } from './service-path.js';

/** Ids of rules that may need no credential. */
export const ANONYMOUS_RULES = ['health', 'version', 'static'] as const;

const version = z
  .string()
  .refine(
    (written) => parseVersion(written) !== undefined,
    'must be a version `X.Y` or `X.Y.Z`, quoted, like `"3.3"`',
  );

const path = z
  .string()
  .max(1024)
  .superRefine((written, context) => {
    const message = describePathFault(written);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const host = z
  .string()
  .max(253)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/,
    'must be a host name, with its port where it is not the usual one, like `airflow.example.com`',
  )
  .transform((name) => name.toLowerCase());

const place = {
  upstream: origin().describe('Where the service itself listens. No path: the path is forwarded as it came.'),
  path: path
    .optional()
    .describe(
      'Public path. Default: `/{id}/airflow` or `/{id}/flower`; with `host`: `/`. `/` is for a sidecar.',
    ),
  host: host.optional().describe('Public host name, where the service has one of its own.'),
  anonymous: z.array(z.enum(ANONYMOUS_RULES)).default([]).describe('Rules that need no credential here.'),
  extraRoutes: z
    .array(extraRule)
    .prefault([])
    .describe(
      'Routes the catalog does not know. None may match a path that a catalog rule of the version matches.',
    ),
};

const airflow = z
  .strictObject({
    version: version.describe(
      'Version of Airflow, quoted: `X.Y` (all its patches, the stricter rule) or `X.Y.Z`.',
    ),
    ...place,
    identity: airflowIdentity,
  })
  .describe('The Airflow UI and API.');

const flower = z
  .strictObject({
    version: version.describe('Version of Flower, quoted.'),
    ...place,
    identity: flowerIdentity,
  })
  .describe('Flower, where the Deployment runs Celery.');

export const deployment = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 lower-case letters, digits and `-`')
      .describe('Name of the Deployment: in role bindings, default paths, assertions and metrics.'),
    workspace: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits and ._-')
      .describe('Id of the Workspace it belongs to.'),
    airflow: airflow.optional(),
    flower: flower.optional(),
  })
  .refine(
    (value) => value.airflow !== undefined || value.flower !== undefined,
    'has no service; add `airflow`, `flower` or both',
  )
  .describe('One Airflow installation.');

export const deployments = z.array(deployment).prefault([]).describe('The installations behind this proxy.');
