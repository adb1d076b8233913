import * as z from 'zod';
import { SERVICES } from '../../domain/deployment.js';
import { catalogRule } from './rule.js';

/** One file of the catalog: what the routes of one product do in the listed minor lines. */
export const catalogFile = z.strictObject({
  product: z.enum(SERVICES),
  versions: z.array(z.string().regex(/^\d+\.\d+$/, 'must be a minor line, like `"2.11"`')).min(1),
  rules: z.array(catalogRule),
});

export type CatalogFile = z.output<typeof catalogFile>;
