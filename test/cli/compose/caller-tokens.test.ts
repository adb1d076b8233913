import { describe, expect, it } from '@jest/globals';
import { createCallerTokens } from '../../../src/cli/compose/caller-tokens.js';
import type { Config } from '../../../src/config/config.js';
import type { Verify } from '../../../src/credentials/verify.js';
import { callerOf, user } from '../../contracts/role-source.js';

const claims = { sub: 'eve' };
const verify: Verify = async (token) =>
  token === 'good'
    ? { kind: 'verified', principal: user('eve'), claims, expiresAt: 1, holds: () => true }
    : { kind: 'rejected', code: 'malformed', detail: 'd' };
const configOf = (...kinds: string[]) => ({ roles: { sources: kinds.map((kind) => ({ kind })) } }) as Config;
const caller = { ...callerOf(user('eve')), claims };

describe('createCallerTokens', () => {
  it('knows the token of a caller whose claims it saw verified', async () => {
    const tokens = createCallerTokens(configOf('file', 'houston'));
    const verifying = tokens.remembering(verify);
    expect(tokens.tokenOf(caller)).toBeUndefined();
    await verifying('bad');
    expect(tokens.tokenOf(caller)).toBeUndefined();
    expect(await verifying('good')).toMatchObject({ kind: 'verified' });
    expect(tokens.tokenOf(caller)).toBe('good');
    expect(tokens.tokenOf({ ...caller, claims: { sub: 'eve' } })).toBeUndefined();
  });

  it('keeps none where no source asks with them', async () => {
    const tokens = createCallerTokens(configOf('file', 'redis'));
    await tokens.remembering(verify)('good');
    expect(tokens.tokenOf(caller)).toBeUndefined();
  });
});
