import { describe, expect, it, jest } from '@jest/globals';
import { createAuthenticator, type Revocations } from '../../src/credentials/authenticate.js';
import type { RawHeaders } from '../../src/credentials/extract.js';
import { digestOfKey, type ServiceAccountAnswer } from '../../src/credentials/service-account-key.js';
import { createCachedVerifier } from '../../src/credentials/token-cache.js';
import type { Identity } from '../../src/domain/identity.js';
import { goodToken, issuerWith, KEY, NOW, verifierFor } from './tokens.js';

const verify = createCachedVerifier({ verify: verifierFor([issuerWith([KEY])]) });
const keys = {
  find: async (digest: string): Promise<ServiceAccountAnswer> =>
    digest === digestOfKey('secret') ? { kind: 'found', id: 'ci', label: 'CI' } : { kind: 'none' },
};
const cookie = 'platform_token';

function withRevocations(answer: ReturnType<Revocations['check']>) {
  const check = jest.fn<Revocations['check']>(() => answer);
  return { authenticate: createAuthenticator({ cookie, verify, keys, revocations: { check } }), check };
}

describe('createAuthenticator', () => {
  const authenticate = createAuthenticator({ cookie, verify, keys });

  it('knows a person by a bearer token', async () => {
    expect(await authenticate([['Authorization', `Bearer ${goodToken()}`]])).toMatchObject({
      kind: 'authenticated',
      credential: 'bearer',
      principal: { kind: 'user', id: 'ada' },
      claims: { sub: 'ada' },
      expiresAt: NOW + 3600,
    });
  });

  it('knows a person by the cookie and says that it was the cookie', async () => {
    const identity = await authenticate([['Cookie', `${cookie}=${goodToken()}`]]);
    expect(identity).toMatchObject({ kind: 'authenticated', credential: 'cookie' });
  });

  it.each(['secret', 'Bearer secret'])('knows a service account by `%s`', async (value) => {
    expect(await authenticate([['Authorization', value]])).toEqual({
      kind: 'authenticated',
      credential: 'service-account-key',
      principal: { kind: 'service-account', id: 'ci', email: undefined, name: 'CI', groups: [] },
      claims: {},
      expiresAt: undefined,
    });
  });

  it.each<[string, [string, string][], object]>([
    ['nobody', [], { kind: 'anonymous' }],
    ['a wrong key', [['Authorization', 'other']], { kind: 'rejected', code: 'unknown-service-account-key' }],
    ['a key in the cookie', [['Cookie', `${cookie}=secret`]], { kind: 'rejected', code: 'malformed' }],
    ['Basic', [['Authorization', 'Basic YTpi']], { kind: 'rejected', code: 'wrong-scheme' }],
    [
      'two credentials',
      [
        ['Authorization', 'secret'],
        ['Cookie', `${cookie}=a.b.c`],
      ],
      { kind: 'ambiguous' },
    ],
    ['a forged token', [['Authorization', `Bearer ${goodToken()}x`]], { kind: 'rejected' }],
  ])('tells %s apart', async (_name, headers, expected) => {
    expect(await authenticate(headers)).toMatchObject(expected);
  });

  it.each<[string, Parameters<typeof createAuthenticator>[0], string]>([
    [
      'a verifier that throws',
      { cookie, keys, verify: () => Promise.reject(new Error('boom')) },
      'Bearer a.b.c',
    ],
    [
      'a key store that throws',
      { cookie, verify, keys: { find: () => Promise.reject(new Error('boom')) } },
      'key',
    ],
    [
      'a key store that is away',
      { cookie, verify, keys: { find: async () => ({ kind: 'unavailable', cause: 'boom' }) } },
      'key',
    ],
    [
      'a revocation list that throws',
      {
        cookie,
        verify,
        keys,
        revocations: {
          check: () => {
            throw new Error('boom');
          },
        },
      },
      'secret',
    ],
  ])('calls the caller unverifiable on %s', async (_name, options, authorization) => {
    const broken = createAuthenticator(options);
    expect(await broken([['Authorization', authorization]])).toEqual({ kind: 'unverifiable', cause: 'boom' });
  });
});

describe('revocation', () => {
  it('is looked up by validated claims on every request, also for a cached token', async () => {
    const { authenticate, check } = withRevocations('valid');
    const headers: [string, string][] = [['Authorization', `Bearer ${goodToken({ jti: 'j1' })}`]];
    await authenticate(headers);
    expect(await authenticate(headers)).toMatchObject({ kind: 'authenticated' });
    expect(check.mock.calls).toEqual([
      [{ kind: 'user', subject: 'ada', jti: 'j1', iat: NOW - 60 }],
      [{ kind: 'user', subject: 'ada', jti: 'j1', iat: NOW - 60 }],
    ]);
  });

  it('refuses what is revoked, and nobody can be verified while the list is unknown', async () => {
    const headers: [string, string][] = [['Authorization', `Bearer ${goodToken()}`]];
    expect(await withRevocations('revoked').authenticate(headers)).toMatchObject({
      kind: 'rejected',
      code: 'revoked',
    });
    expect(await withRevocations('unknown').authenticate(headers)).toMatchObject({ kind: 'unverifiable' });
  });

  it('reaches service accounts, which have no iat', async () => {
    const { authenticate, check } = withRevocations('revoked');
    expect(await authenticate([['Authorization', 'secret']])).toMatchObject({ code: 'revoked' });
    expect(check.mock.calls).toEqual([
      [{ kind: 'service-account', subject: 'ci', jti: undefined, iat: undefined }],
    ]);
  });
});

describe('a session beside the platform’s credential', () => {
  const session = (id: string): Identity => ({
    kind: 'authenticated',
    principal: { kind: 'user', id, email: undefined, name: undefined, groups: [] },
    credential: 'cookie',
    claims: { jti: 'session-1', iat: 1 },
    expiresAt: undefined,
  });
  const OVER: Identity = { kind: 'rejected', code: 'expired', detail: 'over' };
  const UNKNOWN: Identity = { kind: 'unverifiable', cause: 'no provider' };
  const GOOD = ['Cookie', `${cookie}=${goodToken()}`] as const;
  const BAD = ['Cookie', `${cookie}=${goodToken()}x`] as const;
  const BEARER = ['Authorization', `Bearer ${goodToken()}`] as const;
  const BAD_BEARER = ['Authorization', `Bearer ${goodToken()}x`] as const;

  it.each<[string, RawHeaders, Identity | undefined, object]>([
    [
      'is enough by itself',
      [],
      session('eve'),
      { kind: 'authenticated', credential: 'cookie', principal: { id: 'eve' } },
    ],
    [
      'of the same person changes nothing',
      [GOOD],
      session('ada'),
      { kind: 'authenticated', credential: 'cookie' },
    ],
    ['of the same person leaves a bearer a bearer', [BEARER], session('ada'), { credential: 'bearer' }],
    ['of another person is ambiguous beside a cookie', [GOOD], session('eve'), { kind: 'ambiguous' }],
    ['of another person is ambiguous beside a header', [BEARER], session('eve'), { kind: 'ambiguous' }],
    [
      'is ambiguous beside the key of a program',
      [['Authorization', 'secret']],
      session('ci'),
      { kind: 'ambiguous' },
    ],
    [
      'stands where the platform’s cookie is over',
      [BAD],
      session('eve'),
      { kind: 'authenticated', principal: { id: 'eve' } },
    ],
    ['never stands in for a bad header', [BAD_BEARER], session('eve'), { kind: 'rejected' }],
    [
      'that is over does not stand in the way',
      [GOOD],
      OVER,
      { kind: 'authenticated', principal: { id: 'ada' } },
    ],
    ['that cannot be checked leaves open who it is', [GOOD], UNKNOWN, { kind: 'unverifiable' }],
    ['is told as it is where both are over', [BAD], OVER, OVER],
    ['is not there', [GOOD], undefined, { kind: 'authenticated', principal: { id: 'ada' } }],
  ])('%s', async (_name, headers, read, expected) => {
    const sessions = { read: () => (read === undefined ? undefined : Promise.resolve(read)) };
    const authenticate = createAuthenticator({ cookie, verify, keys, sessions });
    expect(await authenticate(headers)).toMatchObject(expected);
  });

  it('is looked up in the revocation list by its own id', async () => {
    const check = jest.fn<Revocations['check']>(() => 'revoked');
    const sessions = { read: () => Promise.resolve(session('eve')) };
    const authenticate = createAuthenticator({ cookie, verify, keys, sessions, revocations: { check } });
    expect(await authenticate([])).toMatchObject({ kind: 'rejected', code: 'revoked' });
    expect(check).toHaveBeenCalledWith({ kind: 'user', subject: 'eve', jti: 'session-1', iat: 1 });
  });

  it('lets nobody in when reading it throws', async () => {
    const sessions = { read: () => Promise.reject(new Error('x')) };
    const authenticate = createAuthenticator({ cookie, verify, keys, sessions });
    expect(await authenticate([GOOD])).toMatchObject({ kind: 'unverifiable' });
  });
});
