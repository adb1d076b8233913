import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createContext, type Instruction, parseDockerfile, readCopy, type Stage } from './dockerfile.js';

const ROOT = resolve(import.meta.dirname, '../..');
const stages = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
const inContext = createContext(readFileSync(join(ROOT, '.dockerignore'), 'utf8'));
const final = stages.at(-1) ?? { base: '', name: undefined, instructions: [] };

function all(name: string, list: readonly Stage[] = stages): Instruction[] {
  return list.flatMap(({ instructions }) => instructions.filter((one) => one.name === name));
}

describe('the Dockerfile', () => {
  it('names a version of every base image, and one Node for all', () => {
    for (const { base } of stages) expect(base).toMatch(/:[a-z0-9][\w.-]+$/);
    for (const { base } of stages) expect(base).not.toMatch(/:latest$/);
    expect(stages.map(({ base }) => /(?:node:|nodejs)(\d+)/.exec(base)?.[1])).toEqual(['22', '22', '22']);
  });

  it('ends in an image without a shell, as nobody in particular', () => {
    expect(final.base).toMatch(/distroless\/nodejs22-debian\d+:nonroot$/);
    expect(all('RUN', [final])).toEqual([]);
    expect(all('USER', [final]).map(({ text }) => text)).toEqual(['65532:65532']);
  });

  it.each(['ENTRYPOINT', 'CMD'])('gives %s as a list, since there is no shell to read it', (name) => {
    const [one] = all(name, [final]);
    expect(JSON.parse(one?.text ?? '')).toBeInstanceOf(Array);
  });

  it('checks its health with node alone', () => {
    const [check] = all('HEALTHCHECK', [final]);
    expect(JSON.parse(check?.text.replace(/^.*CMD /, '') ?? '')).toEqual([
      '/nodejs/bin/node',
      '/app/healthcheck.mjs',
    ]);
  });

  it('copies what there is, from the context that .dockerignore leaves', () => {
    const copies = all('COPY').map(({ text }) => readCopy(text));
    for (const { from, sources } of copies.filter((copy) => copy.from === undefined)) {
      for (const source of sources) {
        expect([from, source, existsSync(join(ROOT, source))]).toEqual([undefined, source, true]);
        expect([source, inContext(source)]).toEqual([source, true]);
      }
    }
    for (const { from } of copies)
      if (from !== undefined) expect(stages.map(({ name }) => name)).toContain(from);
  });

  it('keeps folders out that hold secrets or nothing for the image', () => {
    for (const path of ['.git/config', 'node_modules/x', 'state/key', 'test/x', '.env', 'audit.ndjson'])
      expect([path, inContext(path)]).toEqual([path, false]);
  });

  it('installs before it copies sources, so that a change to them installs nothing anew', () => {
    for (const { name, instructions } of stages.slice(0, -1)) {
      const install = instructions.findIndex(({ text }) => text.startsWith('npm ci'));
      const sources = instructions.findIndex(({ text }) => text.startsWith('src '));
      expect([name, install > 0, sources === -1 || sources > install]).toEqual([name, true, true]);
    }
  });

  it('installs exactly what is locked, and runs no scripts of packages', () => {
    const installs = all('RUN').filter(({ text }) => text.includes('npm '));
    const ci = installs.filter(({ text }) => text.includes(' ci '));
    expect(installs.filter(({ text }) => /npm (?:i|install|update)\b/.test(text))).toEqual([]);
    expect(ci.filter(({ text }) => !text.includes('--ignore-scripts'))).toEqual([]);
  });

  it('says nothing secret, and adds nothing from outside', () => {
    expect(all('ADD')).toEqual([]);
    expect(
      [...all('ENV'), ...all('ARG')].filter(({ text }) => /secret|token|password|key/i.test(text)),
    ).toEqual([]);
  });
});

describe('the health check', () => {
  it.each([
    [200, 0],
    [503, 1],
  ])('of a door that answers %i ends with %i', async (status, code) => {
    const server = createServer((_req, res) => res.writeHead(status).end());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const ended = await runNode([join(ROOT, 'deploy/docker/healthcheck.mjs')], {
      HEALTHCHECK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`,
    });
    server.close();
    expect(ended.code).toBe(code);
  });

  it('ends with 1 where nobody listens', async () => {
    const ended = await runNode([join(ROOT, 'deploy/docker/healthcheck.mjs')], {
      HEALTHCHECK_URL: 'http://127.0.0.1:9/healthz',
    });
    expect(ended.code).toBe(1);
  });
});

const enabled = process.env.AIRFLOW_AUTH_PROXY_BUILD_IMAGE === '1';
const describeSteps = enabled ? describe : describe.skip;

describeSteps('the steps of the Dockerfile, in a plain folder (deploy/verify.sh)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const rootOf = (stage: Stage, index: number) => join(folder, stage.name ?? String(index));

  it('make a program that runs', async () => {
    for (const [index, stage] of stages.entries()) runStage(stage, rootOf(stage, index));
    const image = rootOf(final, stages.length - 1);
    const ended = await runNode([join(image, 'app/dist/main.js'), '--version'], {});
    expect([ended.code, ended.output.trim()]).toEqual([
      0,
      JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    ]);
    const explained = await runNode(
      [join(image, 'app/dist/main.js'), 'check', '--config', 'missing.yaml'],
      {},
    );
    expect(explained.code).toBe(1);
  }, 600_000);

  it('leave out what only developers need', () => {
    const modules = readdirSync(join(rootOf(final, stages.length - 1), 'app/node_modules'));
    expect(modules).toContain('undici');
    expect(
      modules.filter((name) => ['typescript', 'jest', '@biomejs', 'playwright-core'].includes(name)),
    ).toEqual([]);
  });

  function runStage(stage: Stage, root: string): void {
    let workdir = '/';
    const inside = (path: string) => join(root, path.startsWith('/') ? path : join(workdir, path));
    for (const { name, text } of stage.instructions) {
      if (name === 'WORKDIR') {
        workdir = text;
        mkdirSync(inside('.'), { recursive: true });
      } else if (name === 'RUN') {
        execFileSync('sh', ['-c', text], { cwd: inside('.'), stdio: 'pipe' });
      } else if (name === 'COPY') {
        const { from, sources, target } = readCopy(text);
        const index = stages.findIndex((one) => one.name === from);
        const source = stages[index];
        for (const path of sources) {
          const origin =
            from === undefined || source === undefined ? join(ROOT, path) : join(rootOf(source, index), path);
          const isFile = statSync(origin).isFile();
          const goal = inside(
            isFile && target.endsWith('/') ? join(target, path.split('/').at(-1) ?? '') : target,
          );
          mkdirSync(dirname(goal), { recursive: true });
          cpSync(origin, goal, { recursive: true, verbatimSymlinks: true });
        }
      }
    }
  }
});

function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString();
    });
    child.on('close', (code) => done({ code, output }));
  });
}
