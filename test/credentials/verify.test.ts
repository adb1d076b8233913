import { describe, expect, it } from '@jest/globals';
import type { KeySet } from '../../src/credentials/key-set.js';
import { createVerifier } from '../../src/credentials/verify.js';
import {
  b64,
  CLAIM_NAMES,
  ecKey,
  edKey,
  goodClaims,
  goodToken,
  hmacRaw,
  ISSUER,
  issuerWith,
  KEY,
  NOW,
  rsaKey,
  signRaw,
  verifierFor,
} from './tokens.js';

const verify = verifierFor([issuerWith([KEY])]);
const HEADER = { alg: 'RS256', kid: 'k1' };

async function codeOf(token: string): Promise<string> {
  const result = await verify(token);
  return result.kind === 'rejected' ? result.code : result.kind;
}

describe('a good token', () => {
  it('gives the principal, the claims and the expiry', async () => {
    const token = goodToken({ email: 'ada@example.com', name: 'Ada', groups: ['analysts'] });
    expect(await verify(token)).toMatchObject({
      kind: 'verified',
      principal: { kind: 'user', id: 'ada', email: 'ada@example.com', name: 'Ada', groups: ['analysts'] },
      claims: { sub: 'ada' },
      expiresAt: NOW + 3600,
    });
  });

  it.each([
    ['ES256', ecKey('e')],
    ['EdDSA', edKey('d')],
  ])('may be signed with %s', async (alg, key) => {
    const verifyOther = verifierFor([issuerWith([KEY, key])]);
    const token = signRaw({ alg, kid: key.jwk.kid }, goodClaims(), key);
    expect(await verifyOther(token)).toMatchObject({ kind: 'verified' });
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/jwt', 'application/at+jwt'])(
    'may have typ %s',
    async (typ) => {
      expect(await codeOf(signRaw({ ...HEADER, typ }, goodClaims()))).toBe('verified');
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['an audience array that contains ours', { aud: ['other', 'airflow-auth-proxy'] }],
    ['no iat', { iat: undefined }],
    ['an nbf within the tolerance', { nbf: NOW + 9 }],
    ['an iat within the tolerance', { iat: NOW + 9 }],
    ['an exp within the tolerance', { exp: NOW - 9 }],
    ['an exp with a fraction', { exp: NOW + 0.5 }],
  ])('may have %s', async (_name, changes) => {
    expect(await codeOf(goodToken(changes))).toBe('verified');
  });

  it('needs no kid where exactly one key fits', async () => {
    expect(await codeOf(signRaw({ alg: 'RS256' }, goodClaims()))).toBe('verified');
  });

  it('has no claim it does not carry, not even one named like a method of Object', async () => {
    const result = await verify(goodToken());
    expect(result.kind === 'verified' && [result.claims.constructor, result.claims.toString]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('counts groups, email and name of a wrong type as absent', async () => {
    const token = goodToken({ groups: 'admins', email: ['a@example.com'], name: 'a\nb' });
    expect(await verify(token)).toMatchObject({
      principal: { email: undefined, name: undefined, groups: [] },
    });
    expect(await verify(goodToken({ groups: ['a', 1, null, ''] }))).toMatchObject({
      principal: { groups: ['a'] },
    });
  });
});

describe('the form of a token (RFC 7515, RFC 8725)', () => {
  const [header, claims, signature] = goodToken().split('.') as [string, string, string];

  it.each([
    ['one part', 'abc'],
    ['two parts', `${header}.${claims}`],
    ['four parts', `${goodToken()}.x`],
    ['five parts (JWE)', `${b64({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`],
    ['an empty signature', `${header}.${claims}.`],
    ['a detached payload', `${header}..${signature}`],
    ['a final newline', `${goodToken()}\n`],
    ['padding', `${header}.${claims}.${signature}==`],
    ['the base64 alphabet', `${header}.${claims}.${signature.slice(0, -4)}+/AA`],
    [
      'loose last bits',
      `${header}.${claims}.${signature.slice(0, -1)}${signature.endsWith('B') ? 'C' : 'B'}`,
    ],
    ['a payload that is no object', signRaw(HEADER, [goodClaims()])],
    ['a payload that is no JSON', signRaw(HEADER, 'x')],
    [
      'a member that occurs twice in the payload',
      signRaw(HEADER, JSON.stringify(goodClaims()).replace('{', '{"sub":"eve",')),
    ],
    [
      'a member that occurs twice in the header',
      signRaw('{"alg":"none","alg":"RS256","kid":"k1"}', goodClaims()),
    ],
    ['crit', signRaw({ ...HEADER, crit: ['exp'] }, goodClaims())],
    ['an empty crit', signRaw({ ...HEADER, crit: [] }, goodClaims())],
    ['b64', signRaw({ ...HEADER, b64: false }, goodClaims())],
    ['zip', signRaw({ ...HEADER, zip: 'DEF' }, goodClaims())],
    ['a kid that is a number', signRaw({ ...HEADER, kid: 1 }, goodClaims())],
    ['10 000 nested arrays, cut at the limit', signRaw(HEADER, '['.repeat(4000))],
  ])('refuses %s as malformed', async (_name, token) => {
    expect(await codeOf(token)).toBe('malformed');
  });

  it('refuses more than 8 KiB before reading it', async () => {
    expect(await codeOf(goodToken({ pad: 'x'.repeat(8192) }))).toBe('too-long');
  });

  it.each(['dpop+jwt', 'logout+jwt', '', 'JWT ', 'application/json'])('refuses typ `%s`', async (typ) => {
    expect(await codeOf(signRaw({ ...HEADER, typ }, goodClaims()))).toBe('wrong-type');
  });
});

describe('algorithms and keys', () => {
  const pem = KEY.publicKey.export({ type: 'spki', format: 'pem' });

  it.each<[string, unknown]>([
    ['none', 'none'],
    ['None', 'None'],
    ['nOnE', 'nOnE'],
    ['an empty string', ''],
    ['null', null],
    ['an array', ['RS256']],
    ['HS256', 'HS256'],
    ['RS512, which is not on the list', 'RS512'],
    ['PS256 with an RS256 key', 'PS256'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ])('refuses alg %s', async (_name, alg) => {
    expect(await codeOf(signRaw({ alg, kid: 'k1' }, goodClaims()))).toBe('wrong-algorithm');
  });

  it('refuses a header without alg', async () => {
    expect(await codeOf(signRaw({ kid: 'k1' }, goodClaims()))).toBe('wrong-algorithm');
  });

  it.each<[string, string | Buffer]>([
    ['the public key as PEM', pem],
    ['the public key as PEM without its newline', String(pem).trim()],
    ['the public key as JWK', JSON.stringify(KEY.jwk)],
    ['the public key as DER', KEY.publicKey.export({ type: 'spki', format: 'der' })],
    ['an empty secret', ''],
    ['the kid', 'k1'],
  ])('refuses HS256 made with %s (CVE-2026-44699)', async (_name, secret) => {
    expect(await codeOf(hmacRaw({ alg: 'HS256', kid: 'k1' }, goodClaims(), secret))).toBe('wrong-algorithm');
  });

  it.each(['../../dev/null', "' OR 1=1", 'https://evil.example', '__proto__', '\u0000', 'K1', ''])(
    'does not know the kid `%s`',
    async (kid) => {
      expect(await codeOf(signRaw({ alg: 'RS256', kid }, goodClaims()))).toBe('unknown-key');
    },
  );

  it('refuses the signature of another key under a known kid', async () => {
    expect(await codeOf(signRaw(HEADER, goodClaims(), rsaKey('k1')))).toBe('bad-signature');
  });

  it('ignores keys the token brings along', async () => {
    const evil = rsaKey('k1');
    const header = {
      ...HEADER,
      jwk: evil.jwk,
      jku: 'http://127.0.0.1:1/jwks',
      x5u: 'http://127.0.0.1:1/x',
      x5c: ['AA'],
    };
    expect(await codeOf(signRaw(header, goodClaims(), evil))).toBe('bad-signature');
  });

  it('refuses claims that were changed after signing', async () => {
    const [header, , signature] = goodToken().split('.');
    expect(await codeOf(`${header}.${b64({ ...goodClaims(), sub: 'root' })}.${signature}`)).toBe(
      'bad-signature',
    );
  });

  it('refuses a DER signature and a zero signature of ES256', async () => {
    const key = ecKey('e');
    const verifyEc = verifierFor([issuerWith([key])]);
    const input = signRaw({ alg: 'ES256', kid: 'e' }, goodClaims(), key).split('.').slice(0, 2).join('.');
    const der = (await import('node:crypto'))
      .sign('sha256', Buffer.from(input), key.privateKey)
      .toString('base64url');
    expect(await verifyEc(`${input}.${der}`)).toMatchObject({ kind: 'rejected', code: 'bad-signature' });
    const zero = Buffer.alloc(64).toString('base64url');
    expect(await verifyEc(`${input}.${zero}`)).toMatchObject({ kind: 'rejected', code: 'bad-signature' });
  });

  it('needs a kid where two keys fit', async () => {
    const verifyTwo = verifierFor([issuerWith([KEY, rsaKey('k2')])]);
    expect(await verifyTwo(signRaw({ alg: 'RS256' }, goodClaims()))).toMatchObject({ code: 'unknown-key' });
    expect(await verifyTwo(goodToken())).toMatchObject({ kind: 'verified' });
  });

  it('cannot verify while the keys are not there', async () => {
    const keys: KeySet = {
      find: async () => ({ kind: 'unavailable', cause: 'key set is away' }),
      generation: () => undefined,
      ready: async () => false,
    };
    const verifyAway = verifierFor([issuerWith([KEY], { keys })]);
    expect(await verifyAway(goodToken())).toEqual({ kind: 'unverifiable', cause: 'key set is away' });
  });
});

describe('claims', () => {
  it.each<[string, string, unknown, string]>([
    ['a trailing slash', 'iss', `${ISSUER}/`, 'unknown-issuer'],
    ['an upper-case host', 'iss', 'https://PLATFORM.example.com', 'unknown-issuer'],
    ['http', 'iss', 'http://platform.example.com', 'unknown-issuer'],
    ['a longer host', 'iss', `${ISSUER}.evil`, 'unknown-issuer'],
    ['an array', 'iss', [ISSUER], 'unknown-issuer'],
    ['nothing', 'iss', undefined, 'unknown-issuer'],
    ['another audience', 'aud', 'other', 'wrong-audience'],
    ['a longer audience', 'aud', 'airflow-auth-proxy/', 'wrong-audience'],
    ['another case', 'aud', 'Airflow-Auth-Proxy', 'wrong-audience'],
    ['an empty array', 'aud', [], 'wrong-audience'],
    ['an array with a number', 'aud', ['airflow-auth-proxy', 1], 'wrong-audience'],
    ['an object', 'aud', { 'airflow-auth-proxy': true }, 'wrong-audience'],
    ['nothing', 'aud', undefined, 'wrong-audience'],
    ['the past', 'exp', NOW - 10, 'expired'],
    ['zero', 'exp', 0, 'expired'],
    ['nothing', 'exp', undefined, 'bad-claim'],
    ['a string', 'exp', String(NOW + 100), 'bad-claim'],
    ['an array', 'exp', [NOW + 100], 'bad-claim'],
    ['a negative number', 'exp', -1, 'bad-claim'],
    ['null (how NaN is written)', 'exp', null, 'bad-claim'],
    ['1e308', 'exp', 1e308, 'bad-claim'],
    ['the future', 'nbf', NOW + 11, 'not-yet-valid'],
    ['the future', 'iat', NOW + 11, 'not-yet-valid'],
    ['a string', 'nbf', '0', 'bad-claim'],
    ['a string', 'iat', '0', 'bad-claim'],
    ['nothing', 'sub', undefined, 'bad-claim'],
    ['an empty string', 'sub', '', 'bad-claim'],
    ['a space', 'sub', ' ', 'bad-claim'],
    ['a number', 'sub', 7, 'bad-claim'],
    ['an array', 'sub', ['ada'], 'bad-claim'],
    ['a line break', 'sub', 'ada\r\nX-Role: ADMIN', 'bad-claim'],
    ['a NUL', 'sub', 'ada\u0000', 'bad-claim'],
    ['a final space', 'sub', 'ada ', 'bad-claim'],
    ['257 characters', 'sub', 'a'.repeat(257), 'bad-claim'],
    ["a program's name", 'sub', 'service-account:ci', 'bad-claim'],
  ])('refuses %s as `%s`', async (_name, claim, value, code) => {
    expect(await codeOf(goodToken({ [claim]: value }))).toBe(code);
  });

  it('refuses an exp that JSON reads as infinite', async () => {
    const payload = JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e999');
    expect(await codeOf(signRaw(HEADER, payload))).toBe('bad-claim');
  });

  it('refuses an unverified address as principal', async () => {
    const byEmail = verifierFor([issuerWith([KEY], { claims: { ...CLAIM_NAMES, principal: 'email' } })]);
    expect(await byEmail(goodToken({ email: 'a@b.c', email_verified: false }))).toMatchObject({
      code: 'bad-claim',
    });
    expect(await byEmail(goodToken({ email: 'a@b.c', email_verified: true }))).toMatchObject({
      principal: { id: 'a@b.c' },
    });
  });
});

describe('several issuers', () => {
  const other = rsaKey('k1');
  const both = verifierFor([
    issuerWith([KEY]),
    issuerWith([other], { issuer: 'https://second.example.com', subjectPrefix: 'second:' }),
  ]);

  it('are told apart by iss, each with its own keys and prefix', async () => {
    const claims = { ...goodClaims(), iss: 'https://second.example.com' };
    expect(await both(signRaw(HEADER, claims, other))).toMatchObject({ principal: { id: 'second:ada' } });
    expect(await both(signRaw(HEADER, claims, KEY))).toMatchObject({ code: 'bad-signature' });
    expect(await both(signRaw(HEADER, goodClaims(), other))).toMatchObject({ code: 'bad-signature' });
  });

  it('cannot speak for the people of another', async () => {
    expect(await both(goodToken({ sub: 'second:ada' }))).toMatchObject({ code: 'bad-claim' });
  });
});

describe('createVerifier', () => {
  const good = issuerWith([KEY]);
  const second = { ...good, issuer: 'https://second.example.com' };

  it.each<[string, Parameters<typeof createVerifier>[0]['issuers'], RegExp]>([
    ['no issuer', [], /no issuer/],
    ['an empty issuer', [{ ...good, issuer: '' }], /issuer is empty/],
    ['an issuer twice', [good, good], /listed twice/],
    ['no audience', [{ ...good, audience: [] }], /needs an audience/],
    ['no algorithm', [{ ...good, algorithms: [] }], /no algorithm/],
    ['a symmetric algorithm', [{ ...good, algorithms: ['HS256' as 'RS256'] }], /HS256/],
    ['a second issuer without prefix', [good, second], /subjectPrefix/],
    [
      'two prefixes that begin alike',
      [
        { ...good, subjectPrefix: 'a' },
        { ...second, subjectPrefix: 'ab' },
      ],
      /begins like/,
    ],
    ["a prefix that makes a program's name", [{ ...good, subjectPrefix: 'service-account:' }], /begins like/],
  ])('does not accept %s', (_name, issuers, message) => {
    expect(() => createVerifier({ issuers, clockToleranceSeconds: 10 })).toThrow(message);
  });
});
