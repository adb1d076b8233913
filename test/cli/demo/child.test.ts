import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runChild, startChild } from '../../../src/cli/demo/child.js';
import { temporaryFolder } from './fake-programs.js';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const shell = (script: string) => ({
  name: 'the script',
  command: '/bin/sh',
  args: ['-c', script],
  logFile: join(folder, `log-${++count}`),
  environment: { GREETING: 'hello' },
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('startChild', () => {
  it('gives the program the environment it was given and nothing of ours', async () => {
    const child = await startChild(shell('/usr/bin/env'));
    expect(await child.waitForExit(10_000)).toBe('0');
    const own = ['PWD', 'SHLVL', '_', 'OLDPWD'];
    const names = child
      .logTail()
      .split('\n')
      .map((line) => line.split('=', 1)[0] ?? '');
    expect(names.filter((name) => !own.includes(name))).toEqual(['GREETING']);
    await child.stop();
  });

  it('ends what the program started itself when it is stopped', async () => {
    const child = await startChild(shell('/bin/sleep 300 & echo $!; wait'));
    while (!/^\d+$/.test(child.logTail())) await sleep(20);
    const grandchild = Number(child.logTail());
    await child.stop();
    await sleep(50);
    expect(child.exit()).toBe('SIGTERM');
    expect(lives(grandchild)).toBe(false);
  });

  it('kills a program that ignores the polite request', async () => {
    const child = await startChild(shell("trap '' TERM; echo ready; while :; do /bin/sleep 0.1; done"));
    while (child.logTail() !== 'ready') await sleep(20);
    await child.stop(200);
    expect(child.exit()).toBe('SIGKILL');
  });

  it('rejects with the log when the program takes too long', async () => {
    const child = await startChild(shell('echo still busy; exec /bin/sleep 300'));
    await expect(child.waitForExit(300)).rejects.toThrow('the script still runs after 300 ms\nstill busy');
    await child.stop();
  });

  it('rejects for a program that is not there', async () => {
    const missing = { ...shell(''), command: join(folder, 'missing') };
    await expect(startChild(missing)).rejects.toThrow(`could not start the script: \`${missing.command}\``);
  });
});

describe('runChild', () => {
  it('resolves when the program exits with 0', async () => {
    await expect(runChild({ ...shell('exit 0'), timeoutMs: 10_000 })).resolves.toBeUndefined();
  });

  it('rejects with the exit code and the tail of the log otherwise', async () => {
    const failing = runChild({ ...shell('echo no space left; exit 3'), timeoutMs: 10_000 });
    await expect(failing).rejects.toThrow('the script ended with 3\nno space left');
  });

  it('ends the program and rejects when it is aborted', async () => {
    const controller = new AbortController();
    const running = runChild({
      ...shell('exec /bin/sleep 300'),
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new Error('interrupted')), 100);
    await expect(running).rejects.toThrow('interrupted');
  });
});
