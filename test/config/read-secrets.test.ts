import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load.js';
import { createFolder, faultsOf, print, SOUND } from './fixture.js';

const { folder, write } = createFolder();
write('directory.yaml', '');
const SECRET = 'canary-'.repeat(10);
let number = 0;

function load(identity: string, env: Record<string, string> = {}) {
  number += 1;
  const text = SOUND.replace('{ profile: airflow3-jwks }', identity);
  return loadConfig({ file: write(`${number}.yaml`, text), env });
}
const secretOf = (loaded: ReturnType<typeof load>) => {
  const identity = loaded.config.deployments[0]?.airflow?.identity;
  return identity?.profile === 'airflow3-hs512' ? identity.secret : undefined;
};
const faults = (identity: string, env?: Record<string, string>) => print(faultsOf(() => load(identity, env)));

describe('a secret file', () => {
  it.each([
    { name: 'without newline', content: SECRET, secret: SECRET },
    { name: 'with a final newline', content: `${SECRET}\n`, secret: SECRET },
    { name: 'with a final newline of Windows', content: `${SECRET}\r\n`, secret: SECRET },
    { name: 'with two final newlines', content: `${SECRET}\n\n`, secret: `${SECRET}\n` },
    { name: 'with spaces around', content: ` ${SECRET} \n`, secret: ` ${SECRET} ` },
  ])('$name gives up one newline and nothing else', ({ content, secret }) => {
    const file = write('secrets/jwt', content);
    const loaded = load('{ profile: airflow3-hs512, secretFile: ./secrets/jwt }');
    expect(secretOf(loaded)).toBe(secret);
    expect(loaded.files).toContain(file);
    expect(loaded.config.deployments[0]?.airflow?.identity).not.toHaveProperty('secretFile');
  });

  it('may be an absolute path', () => {
    const file = write('absolute', SECRET);
    expect(secretOf(load(`{ profile: airflow3-hs512, secretFile: ${file} }`))).toBe(SECRET);
  });

  it('works for every secret key', () => {
    write('key.pem', '-----BEGIN PRIVATE KEY-----\n');
    write('password', 'p');
    write('url', 'redis://redis');
    const text = `${SOUND.replace('airflow3-jwks', 'airflow3-jwks, keyFile: key.pem')}    flower:
      version: "2.2"
      upstream: http://127.0.0.1:5555
      identity: { profile: basic, username: proxy, passwordFile: password }
roles: { sources: [{ kind: redis, urlFile: url }] }
`;
    const { config } = loadConfig({ file: write('all.yaml', text) });
    expect(config.deployments[0]?.airflow?.identity).toMatchObject({ key: '-----BEGIN PRIVATE KEY-----' });
    expect(config.deployments[0]?.flower?.identity).toMatchObject({ password: 'p' });
    expect(config.roles.sources[0]).toMatchObject({ url: 'redis://redis' });
  });

  it.each([
    {
      name: 'is not there',
      identity: '{ profile: airflow3-hs512, secretFile: ./absent }',
      says: '10 `deployments[0].airflow.identity.secretFile` names `./absent`, which cannot be read (ENOENT); create it or fix the path',
    },
    {
      name: 'is a folder',
      identity: '{ profile: airflow3-hs512, secretFile: ./directory }',
      says: '10 `deployments[0].airflow.identity.secretFile` names `./directory`, which cannot be read (EISDIR); create it or fix the path',
    },
    {
      name: 'is empty',
      identity: '{ profile: airflow3-hs512, secretFile: ./empty }',
      says: '10 `deployments[0].airflow.identity.secretFile` names `./empty`, which is empty; put the secret into it',
    },
    {
      name: 'is no path',
      identity: '{ profile: airflow3-hs512, secretFile: [a] }',
      says: '10 `deployments[0].airflow.identity.secretFile` must be the path of a file',
    },
    {
      name: 'stands beside the secret',
      identity: `{ profile: airflow3-hs512, secret: ${SECRET}, secretFile: ./empty }`,
      says: '10 `deployments[0].airflow.identity.secretFile` stands beside `secret`; keep one of them',
    },
    {
      name: 'holds a secret that is too short',
      identity: '{ profile: airflow3-hs512, secretFile: ./short }',
      says: '10 `deployments[0].airflow.identity.secret` is too short: 32 bytes at least, 64 are right (`openssl rand -hex 32`)',
    },
    {
      name: 'is missing like the secret',
      identity: '{ profile: airflow3-hs512 }',
      says: '10 `deployments[0].airflow.identity.secret` is missing; give `secret` or `secretFile`',
    },
  ])('that $name is told once', ({ identity, says }) => {
    mkdirSync(join(folder, 'directory'), { recursive: true });
    write('empty', '\n');
    write('short', 'canary');
    expect(faults(identity)).toEqual([says]);
  });

  it('is refused where no secret is known', () => {
    expect(faults('{ profile: none, secretFile: ./absent }')).toEqual([
      '10 unknown key `secretFile` in `deployments[0].airflow.identity`; known here: `profile`',
    ]);
  });
});

describe('a secret by the environment', () => {
  const NAME = 'AUTH_PROXY__DEPLOYMENTS__0__AIRFLOW__IDENTITY__SECRET';

  it('replaces the file of the configuration', () => {
    expect(secretOf(load('{ profile: airflow3-hs512, secretFile: ./absent }', { [NAME]: SECRET }))).toBe(
      SECRET,
    );
  });

  it('may be a file that replaces the secret of the configuration', () => {
    write('other', `${SECRET}other`);
    const loaded = load(`{ profile: airflow3-hs512, secret: ${SECRET} }`, { [`${NAME}_FILE`]: './other' });
    expect(secretOf(loaded)).toBe(`${SECRET}other`);
  });

  it('is never printed', () => {
    expect(faults('{ profile: airflow3-hs512 }', { [NAME]: 'canary' })).toEqual([
      `- environment variable \`${NAME}\`: \`deployments[0].airflow.identity.secret\` is too short: 32 bytes at least, 64 are right (\`openssl rand -hex 32\`)`,
    ]);
  });

  it('is named where its file is at fault', () => {
    expect(faults('{ profile: airflow3-hs512 }', { [`${NAME}_FILE`]: './absent' })).toEqual([
      `- environment variable \`${NAME}_FILE\`: \`deployments[0].airflow.identity.secretFile\` names \`./absent\`, which cannot be read (ENOENT); create it or fix the path`,
    ]);
  });
});
