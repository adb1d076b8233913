import * as z from 'zod';
import { NATIVE_ROLES } from '../../domain/role.js';
import { RULE_METHODS } from '../../domain/route.js';
import { formatVersion, parseVersion, type Version } from '../../domain/version.js';
import { parsePattern } from '../../policy/pattern.js';
import { permission } from './permissions.js';
import { printable } from './primitives.js';

const pattern = z
  .string()
  .max(512)
  .superRefine((written, context) => {
    const parsed = parsePattern(written);
    if (parsed.kind === 'malformed')
      context.addIssue({ code: 'custom', message: `is malformed: ${parsed.message}` });
  });

const version = z.string().transform((written, context): Version => {
  const parsed = parseVersion(written);
  if (parsed !== undefined) return parsed;
  context.issues.push({
    code: 'custom',
    input: written,
    message: 'must be a quoted version, like `"2.9"` or `"2.9.2"`',
  });
  return z.NEVER;
});

const fields = {
  id: z
    .string()
    .max(128)
    .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, 'must be lower-case words joined by `-` or `.`')
    .describe('Name of the rule in decisions, the matrix and the audit record.'),
  methods: z.array(z.enum(RULE_METHODS)).min(1).describe('HEAD is judged as GET.'),
  path: oneOrMore(pattern).describe(
    'Pattern or patterns below the service’s path: literals, `{x}` for one segment, `{x*}` for a tail.',
  ),
  permission: oneOrMore(permission)
    .optional()
    .describe('All of them must be held. Absent exactly with `never`.'),
  why: z.string().min(1).max(2000).describe('Prose for the next reader.'),
  effect: z
    .enum(['read', 'write', 'form'])
    .optional()
    .describe(
      'What running the route does. Default: `read` where the permission’s verb is `get`, else `write`.',
    ),
  nativeRole: z
    .enum(NATIVE_ROLES)
    .optional()
    .describe('The lowest stock role this version of Airflow accepts there.'),
  public: z.boolean().default(false).describe('May be listed under `anonymous`.'),
  never: z.boolean().default(false).describe('Forwarded for nobody.'),
  query: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Query keys that select the rule: `"*"` for presence, else the exact value.'),
  stream: z
    .union([z.boolean(), z.literal('socket')])
    .default(false)
    .describe('Streamed answer; `socket` allows an Upgrade.'),
  multipart: z.boolean().default(false).describe('Takes a form with files.'),
  advisory: printable().optional().describe('The advisory that raised the demand.'),
};

/** A rule of `extraRoutes`: it has no version range, because it is written for one Deployment. */
export const extraRule = z
  .strictObject(fields)
  .superRefine(checkNever)
  .meta({ id: 'ExtraRoute', description: 'A route the catalog does not know, for instance of a plugin.' });

/** A rule of a catalog file. */
export const catalogRule = z
  .strictObject({
    ...fields,
    since: version.optional().describe('First version with this rule.'),
    until: version.optional().describe('First version without it.'),
  })
  .superRefine(checkNever)
  .superRefine(({ since, until }, context) => {
    if (since === undefined || until === undefined || formatVersion(since) !== formatVersion(until)) return;
    context.addIssue({
      code: 'custom',
      path: ['until'],
      message: 'must be later than `since`: the end is exclusive',
    });
  });

export type ExtraRule = z.output<typeof extraRule>;
export type ParsedCatalogRule = z.output<typeof catalogRule>;

function oneOrMore<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value as z.output<T>]));
}

function checkNever(rule: { permission?: unknown; never: boolean }, context: z.core.$RefinementCtx): void {
  if (rule.never === (rule.permission === undefined)) return;
  const message = rule.never
    ? 'must be left out: a rule with `never` is forwarded for nobody'
    : 'is missing; name the permission the route needs, or set `never: true`';
  context.addIssue({ code: 'custom', path: ['permission'], message });
}
