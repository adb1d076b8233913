import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { installAirflow } from '../../../src/cli/demo/install-airflow.js';
import type { Progress } from '../../../src/cli/demo/progress.js';
import { temporaryFolder, writeProgram } from './fake-programs.js';

let folder: string;
let said: Progress[];
beforeEach(() => {
  folder = temporaryFolder();
  said = [];
  writeFileSync(join(folder, 'airflow.txt'), 'one==1\ntwo==2\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A python3 whose environments hold a pip that runs the given script. */
function installPython(pip: string): void {
  writeProgram(
    join(folder, 'bin', 'python3'),
    `case "$1" in
-c) echo 3 11;;
-m) /bin/mkdir -p "$3/bin"; /bin/cp "${join(folder, 'pip')}" "$3/bin/python";;
esac`,
  );
  writeProgram(join(folder, 'pip'), `echo run >> "${join(folder, 'runs')}"; ${pip}`);
}

const install = (signal?: AbortSignal) =>
  installAirflow({
    demoFolder: join(folder, '.demo'),
    pins: join(folder, 'airflow.txt'),
    environment: { PATH: join(folder, 'bin') },
    onProgress: (progress) => said.push(progress),
    signal,
  });
const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;

describe('installAirflow', () => {
  it('installs the pinned list once and finds it the next time', async () => {
    installPython('exit 0');
    const first = await install();
    expect(await install()).toBe(first);
    expect(runs()).toBe(1);
    expect(said.filter(({ kind }) => kind === 'step')).toHaveLength(1);
  });

  it('installs anew when the list changes', async () => {
    installPython('exit 0');
    const first = await install();
    writeFileSync(join(folder, 'airflow.txt'), 'one==1\ntwo==3\n');
    expect(await install()).not.toBe(first);
    expect(runs()).toBe(2);
  });

  it('installs anew after an installation that did not end well', async () => {
    installPython('exit 1');
    await expect(install()).rejects.toThrow('could not install airflow');
    installPython('exit 0');
    const venv = await install();
    expect(existsSync(join(venv, 'complete'))).toBe(true);
  });

  it('shows what pip said last and names the log', async () => {
    installPython('echo "ERROR: No matching distribution found for one==1"; exit 1');
    await expect(install()).rejects.toThrow(/install\.log.*No matching distribution found for one==1/s);
  });

  it('counts the packages while pip fetches them', async () => {
    installPython('echo "Collecting one==1"; /bin/sleep 1.4');
    await install();
    expect(said).toContainEqual({ kind: 'tick', text: 'fetched 1 of 2 packages (1 s)' });
  });

  it('ends when it is aborted, without blaming pip', async () => {
    installPython('exec /bin/sleep 300');
    const controller = new AbortController();
    const installing = install(controller.signal);
    setTimeout(() => controller.abort(new Error('interrupted')), 200);
    await expect(installing).rejects.toThrow(/^interrupted$/);
  });
});
