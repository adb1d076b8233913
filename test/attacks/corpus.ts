import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

const oneOrMore = <T extends z.ZodType>(type: T) =>
  z
    .union([type, z.array(type)])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);

const caller = z.enum(['anonymous', 'ada', 'eve', 'vic', 'otto']);
export type Caller = z.infer<typeof caller>;

const attack = z
  .strictObject({
    id: z.string(),
    why: z.string(),
    /** Whole messages, or targets that a plain message is made around. */
    raw: z.array(z.string()).optional(),
    targets: z.array(z.string()).optional(),
    method: z.string().default('GET'),
    as: oneOrMore(caller).default(['vic']),
    /** Header lines of the made message. */
    headers: z.array(z.string()).default([]),
    body: z.string().optional(),
    /** What the caller gets. More than one: any of them. */
    status: oneOrMore(z.number()),
    reason: oneOrMore(z.string()).optional(),
    closed: z.boolean().default(false),
    answers: z.number().default(1),
    interim: z.number().default(0),
    answerAbsent: z.array(z.string()).default([]),
    answerExact: z.record(z.string(), z.string()).default({}),
    /** What the upstream gets. */
    upstream: z.number().default(0),
    target: z.string().optional(),
    absent: z.array(z.string()).default([]),
    exact: z.record(z.string(), z.string()).default({}),
    cookie: z.string().optional(),
    bodySeen: z.string().optional(),
    /** Waits this long for what should not come. */
    settleMs: z.number().default(0),
    split: z.array(z.number()).default([]),
    halfClose: z.boolean().default(false),
  })
  .refine((one) => (one.raw === undefined) !== (one.targets === undefined), 'either raw or targets');
export type Attack = z.infer<typeof attack>;

const FOLDER = join(import.meta.dirname, '../vectors/attacks');

export const CORPUS: readonly { readonly file: string; readonly attacks: readonly Attack[] }[] = readdirSync(
  FOLDER,
)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => ({ file, attacks: z.array(attack).parse(parse(readFileSync(join(FOLDER, file), 'utf8'))) }));

/** Fills in `{a3}`, `{host}`, `{auth:ada}`, `{token:ada}`, `{repeat:x:100}`, `{lines:100}`. */
export function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\{([a-z0-9]+(?::[^{}]*)?)\}/g, (whole, key: string) => {
    const [name, what = '', times] = key.split(':');
    if (name === 'repeat') return what.repeat(Number(times));
    if (name === 'lines') return 'X: 1\r\n'.repeat(Number(what));
    return values.get(key) ?? whole;
  });
}
