import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SRC = resolve(import.meta.dirname, '../src');

/** A folder's floor. A file imports its own folder and lower floors; doors of one floor do not import one another. */
const FLOORS: Readonly<Record<string, number>> = {
  domain: 0,
  policy: 1,
  // Files in the state folder, which several doors of floor 2 keep.
  state: 1,
  credentials: 2,
  directory: 2,
  identity: 2,
  forward: 2,
  audit: 2,
  config: 2,
  observe: 2,
  session: 2,
  gate: 3,
  http: 4,
  cli: 5,
  'main.ts': 6,
};

/** Where each npm client has its one home; floors 0, 1 and 3 name none. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  jose: ['credentials', 'identity', 'session'],
  'lru-cache': ['credentials', 'directory'],
  ioredis: ['directory'],
  undici: ['forward', 'cli'],
  'http-proxy': ['forward'],
  zod: ['config', 'directory'],
  yaml: ['config'],
  pino: ['observe'],
  'prom-client': ['observe'],
  express: ['http'],
  helmet: ['http'],
  commander: ['cli'],
  'openid-client': ['session'],
  '@grpc/grpc-js': ['http'],
};

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const folder = file.split('/')[0] ?? '';
  return [
    ...text.matchAll(
      /^(?:import|export)\b[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((match) => ({
    file,
    folder,
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
  }));
});

describe('floors', () => {
  it('knows the floor of every folder', () => {
    expect(files.filter((file) => FLOORS[file.split('/')[0] ?? ''] === undefined)).toEqual([]);
  });

  it('sees the imports', () => {
    expect(imports.length).toBeGreaterThan(files.length);
  });

  it('are imported downwards only: move the shared words down, or pass the function in', () => {
    const upward = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ file, folder, specifier }) => {
        const target = relative(SRC, resolve(SRC, dirname(file), specifier)).split('/')[0] ?? '';
        return target !== folder && (FLOORS[target] ?? 99) >= (FLOORS[folder] ?? -1);
      });
    expect(upward.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('name each npm client in its home only', () => {
    const strangers = imports
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ folder, specifier }) => {
        const name = specifier.startsWith('@')
          ? specifier.split('/').slice(0, 2).join('/')
          : (specifier.split('/')[0] ?? '');
        return !HOMES[name]?.includes(folder);
      });
    expect(strangers.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('read the environment in src/config alone', () => {
    const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(SRC, file), 'utf8')));
    expect(readers.filter((file) => !file.startsWith('config/'))).toEqual([]);
  });

  it.each(['domain', 'policy'])('%s does no input or output', (folder) => {
    const outside = imports.filter((one) => one.folder === folder && one.specifier.startsWith('node:'));
    expect(outside.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });
});
