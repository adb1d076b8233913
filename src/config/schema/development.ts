import * as z from 'zod';
import { printable } from './primitives.js';

const person = z
  .strictObject({
    id: printable().describe('Principal of the person.'),
    name: printable().optional().describe('Name for people.'),
    email: printable().optional().describe('E-mail address.'),
    groups: z.array(printable()).default([]).describe('Groups of the person.'),
  })
  .describe('A person to sign in as.');

export const development = z
  .strictObject({
    issuer: z
      .boolean()
      .default(false)
      .describe(
        'Sign people in by a click, without a password, with an embedded issuer. Only on a loopback address.',
      ),
    people: z.array(person).default([]).describe('Who can be chosen on the embedded sign-in page.'),
  })
  .prefault({})
  .describe('For trying it out on one machine. Refused together with `platform.issuers`.');
