import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { loadLogo } from '../../src/config/load-logo.js';
import { createFolder, faultsOf, print, SOUND } from './fixture.js';

const { write } = createFolder();
write('directory.yaml', '');

interface Written {
  readonly signIn: Record<string, unknown>;
  readonly [key: string]: unknown;
}

const provider = (more: object = {}) => ({
  id: 'corp',
  issuer: 'https://idp.example.com',
  clientId: 'airflow',
  ...more,
});
const platformIssuer = (more: object = {}) => ({
  issuer: 'https://platform.example.com',
  audience: ['x'],
  jwks: 'https://platform.example.com/jwks',
  ...more,
});

function file(changes: object): string {
  const { development: _development, ...sound } = parse(SOUND);
  const written: Written = { ...sound, signIn: { providers: [provider()] }, ...changes };
  return write('gateway.yaml', stringify(written));
}

describe('signIn', () => {
  it('is enough without any issuer of tokens, and fills in what was not said', () => {
    const { config } = loadConfig({ file: file({}) });
    expect(config.signIn?.providers[0]).toMatchObject({
      scopes: ['openid', 'profile', 'email'],
      claims: { principal: 'sub' },
      userinfo: false,
    });
    expect(config.signIn?.session).toMatchObject({ cookie: 'airflow_auth_session', refreshSeconds: 300 });
  });

  it.each<[string, object, RegExp]>([
    ['two providers of one id', { signIn: { providers: [provider(), provider()] } }, /give it its own/],
    [
      'two providers whose people could share a name',
      { signIn: { providers: [provider(), provider({ id: 'b', issuer: 'https://b.example.com' })] } },
      /no two people share a name/,
    ],
    [
      'a provider whose people could have the names of the platform’s',
      { platform: { issuers: [platformIssuer()] } },
      /no two people share a name/,
    ],
    [
      'one issuer that names people in two ways',
      {
        platform: { issuers: [platformIssuer({ issuer: 'https://idp.example.com/' })] },
        signIn: { providers: [provider({ claims: { principal: 'email' } })] },
      },
      /one issuer, but name people differently/,
    ],
    ['a name for two cookies', { platform: { cookie: 'airflow_auth_session' } }, /give it another one/],
    [
      'sessions that can be overheard',
      { server: { publicUrl: 'http://airflow.example.com' } },
      /whoever listens on the way/,
    ],
    [
      'http beside https',
      { server: { publicUrl: ['https://airflow.example.com', 'http://localhost:8084'] } },
      /use one of them/,
    ],
    ['the development issuer beside it', { development: { issuer: true } }, /cannot stand beside `signIn`/],
    [
      'a provider that anybody on the way can be',
      { signIn: { providers: [provider({ issuer: 'http://idp.example.com' })] } },
      /must be an https URL/,
    ],
    ['no openid', { signIn: { providers: [provider({ scopes: ['email'] })] } }, /must name `openid`/],
    [
      'a parameter that is ours',
      { signIn: { providers: [provider({ parameters: { redirect_uri: 'https://evil.example' } })] } },
      /redirect_uri/,
    ],
    [
      'a short key',
      { signIn: { providers: [provider()], session: { keys: [{ key: 'short' }] } } },
      /signIn\.session\.keys\[0\]\.key/,
    ],
  ])('refuses %s', (_name, changes, message) => {
    expect(print(faultsOf(() => loadConfig({ file: file(changes) }))).join('\n')).toMatch(message);
  });

  it('takes a second provider with a prefix, and an issuer of tokens that is the provider', () => {
    const changes = {
      platform: { issuers: [platformIssuer({ issuer: 'https://idp.example.com' })] },
      signIn: {
        providers: [provider(), provider({ id: 'b', issuer: 'https://b.example.com', subjectPrefix: 'b:' })],
      },
    };
    expect(loadConfig({ file: file(changes) }).config.signIn?.providers).toHaveLength(2);
  });
});

describe('branding', () => {
  it('makes the logo part of the page', () => {
    write('logo.svg', '<svg/>');
    const { config } = loadConfig({ file: file({ branding: { name: 'Quasar', logo: './logo.svg' } }) });
    expect(loadLogo(config)).toBe(`data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`);
  });

  it.each<[string, object, RegExp]>([
    ['that is no image', { logo: './directory.yaml' }, /must be an \.svg/],
    ['that is missing', { logo: './gone.svg' }, /cannot be read/],
    ['of another site', { logoData: 'https://example.com/logo.png' }, /must be a `data:` URL/],
    ['that is too long', { logo: './long.png' }, /16384 at most/],
    ['twice', { logo: './logo.svg', logoData: 'data:image/png;base64,AAAA' }, /keep one of them/],
  ])('refuses a logo %s', (_name, branding, message) => {
    write('long.png', 'x'.repeat(16_385));
    write('logo.svg', '<svg/>');
    expect(print(faultsOf(() => loadConfig({ file: file({ branding }) }))).join('\n')).toMatch(message);
  });
});
