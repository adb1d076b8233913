import { describe, expect, it } from '@jest/globals';
import { createPersonReader } from '../../src/session/person.js';

const ADA = { kind: 'user', id: 'ada', email: undefined, name: undefined, groups: [] } as const;

const read = createPersonReader({
  providers: new Map([
    ['mail', { principal: 'email' }],
    ['plain', { principal: 'sub' }],
  ]),
  readPrincipal: () => ({ kind: 'principal', principal: ADA }),
});

describe('createPersonReader', () => {
  it.each([[undefined], [false], ['true'], [1]])(
    'takes no e-mail address for a principal where email_verified is %j',
    (email_verified) => {
      expect(read('mail', { email: 'ada@example.com', email_verified })).toEqual({
        kind: 'refused',
        detail: 'the provider does not say that the e-mail address is verified',
      });
    },
  );

  it('takes a verified one', () => {
    expect(read('mail', { email: 'ada@example.com', email_verified: true }).kind).toBe('principal');
  });

  it('does not ask for it where another claim is the principal', () => {
    expect(read('plain', { sub: 'ada' }).kind).toBe('principal');
  });

  it('knows nobody of a provider that is gone', () => {
    expect(read('gone', {}).kind).toBe('refused');
  });
});
