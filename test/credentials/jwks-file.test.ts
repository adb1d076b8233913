import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFileKeySet } from '../../src/credentials/jwks-file.js';
import type { KeySetEvent } from '../../src/credentials/key-set.js';
import { ecKey, edKey, type TestKey } from './tokens.js';

const A = edKey('a');
const B = ecKey('b');
let folder: string;
let path: string;
let nowMs: number;
let events: KeySetEvent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwks-'));
  path = join(folder, 'jwks.json');
  nowMs = 0;
  events = [];
});
afterEach(() => rm(folder, { recursive: true }));

function open() {
  return createFileKeySet({ path, onEvent: (event) => events.push(event), monotonicNow: () => nowMs });
}

function write(...keys: TestKey[]) {
  return writeFile(path, JSON.stringify({ keys: keys.map((key) => key.jwk) }));
}

describe('createFileKeySet', () => {
  it('is not ready and cannot answer while there is no file, and recovers when it appears', async () => {
    const set = open();
    expect(await set.ready()).toBe(false);
    expect(set.generation()).toBeUndefined();
    expect(await set.find('EdDSA', 'a')).toMatchObject({
      kind: 'unavailable',
      cause: expect.stringContaining('ENOENT'),
    });
    await write(A);
    nowMs += 2000;
    expect((await set.find('EdDSA', 'a')).kind).toBe('found');
    expect(await set.ready()).toBe(true);
  });

  it('sees a changed file on the first use after two seconds, both ways', async () => {
    await write(A);
    const set = open();
    expect((await set.find('EdDSA', 'a')).kind).toBe('found');
    const before = set.generation();
    await write(B);
    nowMs += 1999;
    expect((await set.find('ES256', 'b')).kind).toBe('none');
    nowMs += 1;
    expect((await set.find('ES256', 'b')).kind).toBe('found');
    expect((await set.find('EdDSA', 'a')).kind).toBe('none');
    expect(set.generation()).not.toBe(before);
  });

  it('starts a check in the background when only the generation is asked for', async () => {
    await write(A);
    const set = open();
    await set.ready();
    const before = set.generation();
    await write(B);
    nowMs += 2000;
    set.generation();
    await set.ready();
    expect(set.generation()).not.toBe(before);
  });

  it('follows a symlink that is swapped', async () => {
    await writeFile(join(folder, '1'), JSON.stringify({ keys: [A.jwk] }));
    await writeFile(join(folder, '2'), JSON.stringify({ keys: [B.jwk] }));
    await symlink('1', path);
    const set = open();
    await set.ready();
    await symlink('2', join(folder, 'next'));
    await rename(join(folder, 'next'), path);
    nowMs += 2000;
    expect((await set.find('ES256', 'b')).kind).toBe('found');
  });

  it('keeps the last good keys while the file is broken and says so once', async () => {
    await write(A);
    const set = open();
    await set.ready();
    const before = set.generation();
    await writeFile(path, '{"keys":[');
    for (let i = 0; i < 3; i++) {
      nowMs += 2000;
      expect((await set.find('EdDSA', 'a')).kind).toBe('found');
    }
    expect(set.generation()).toBe(before);
    expect(events.map((event) => event.kind)).toEqual(['loaded', 'failed']);
    expect(events[1]?.message).toContain('not JSON');
    await write(A);
    nowMs += 2000;
    await set.ready();
    expect(events.map((event) => event.kind)).toEqual(['loaded', 'failed', 'loaded']);
  });
});
