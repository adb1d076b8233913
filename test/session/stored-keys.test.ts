import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ensureSessionKeys, rotateSessionKeys } from '../../src/session/stored-keys.js';

function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'session-keys-')), 'session-keys.json');
}

describe('session keys in the state folder', () => {
  it('are made once, for nobody else to read', async () => {
    const path = newPath();
    const [a, b] = await Promise.all([ensureSessionKeys(path), ensureSessionKeys(path)]);
    expect(a).toEqual(b);
    expect(a).toHaveLength(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('get a new one in front, and keep the last three', async () => {
    const path = newPath();
    const [first] = await ensureSessionKeys(path);
    await rotateSessionKeys(path);
    const [second, before] = await ensureSessionKeys(path);
    expect(before).toBe(first);
    expect(second).not.toBe(first);
    for (let i = 0; i < 3; i += 1) await rotateSessionKeys(path);
    const kept = await ensureSessionKeys(path);
    expect(kept).toHaveLength(3);
    expect(kept).not.toContain(first);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('all go at once when one leaked', async () => {
    const path = newPath();
    const [leaked] = await ensureSessionKeys(path);
    await rotateSessionKeys(path, { immediately: true });
    const kept = await ensureSessionKeys(path);
    expect(kept).toHaveLength(1);
    expect(kept).not.toContain(leaked);
  });

  it('are refused without a word of what the file holds', async () => {
    const path = newPath();
    writeFileSync(path, 'my secret');
    await expect(ensureSessionKeys(path)).rejects.toThrow(/^(?!.*my secret).*remove the file/);
  });
});
