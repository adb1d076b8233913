import { mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createReloading, type Reloading } from '../../src/directory/watch.js';

let folder: string;
let file: string;
let loads: number;
let errors: string[];
let reloading: Reloading<number> | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  file = join(folder, 'value.json');
  loads = 0;
  errors = [];
  await writeFile(file, '1');
});
afterEach(async () => {
  reloading?.close();
  await rm(folder, { recursive: true });
});

async function open() {
  reloading = await createReloading({
    load: async () => {
      loads += 1;
      return JSON.parse(await readFile(file, 'utf8')) as number;
    },
    files: [file],
    pollMs: 10,
    onError: (error) => errors.push(String(error)),
  });
  return reloading;
}

async function until(condition: () => boolean) {
  const giveUpAt = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 60));

describe('createReloading', () => {
  it('loads when the content changes, without a word', async () => {
    const value = await open();
    expect(value.current()).toBe(1);
    await writeFile(file, '2');
    await until(() => value.current() === 2);
  });

  it('follows a swapped symlink to a folder, as a mounted ConfigMap does it', async () => {
    await writeFile(join(folder, 'a'), '1');
    await writeFile(join(folder, 'b'), '2');
    await rm(file);
    await symlink('a', file);
    const value = await open();
    await symlink('b', join(folder, 'next'));
    await rename(join(folder, 'next'), file);
    await until(() => value.current() === 2);
  });

  it('does not load again when only the time stamp changes', async () => {
    await open();
    await utimes(file, new Date(), new Date());
    await pause();
    expect(loads).toBe(1);
  });

  it('keeps the old value while the new one is not valid, says so once, and recovers', async () => {
    const value = await open();
    await writeFile(file, '{');
    await until(() => errors.length > 0);
    await pause();
    expect([value.current(), errors.length]).toEqual([1, 1]);
    await writeFile(file, '3');
    await until(() => value.current() === 3);
  });

  it('keeps the old value while the file is gone', async () => {
    const value = await open();
    await rm(file);
    await until(() => errors.length > 0);
    expect(value.current()).toBe(1);
  });

  it('loads on demand and says what came of it', async () => {
    const value = await open();
    const before = value.loadedAt();
    expect(await value.reload()).toBe('reloaded');
    expect(value.loadedAt()).toBeGreaterThanOrEqual(before);
    await writeFile(file, '{');
    expect(await value.reload()).toBe('kept');
    expect(value.current()).toBe(1);
  });

  it('looks no more after close', async () => {
    const value = await open();
    value.close();
    await writeFile(file, '2');
    await pause();
    expect(value.current()).toBe(1);
  });

  it('throws when the first load fails', async () => {
    await writeFile(file, '{');
    await expect(open()).rejects.toThrow(/JSON/);
  });
});
