import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createOnce } from '../../src/state/create-once.js';

const newPath = () => join(mkdtempSync(join(tmpdir(), 'state-')), 'inner', 'secret');

describe('createOnce', () => {
  it('makes the file for its owner alone', async () => {
    const path = newPath();
    expect(await createOnce(path, () => 'made')).toBe('made');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('keeps what is there', async () => {
    const path = newPath();
    await createOnce(path, () => 'first');
    expect(await createOnce(path, () => 'second')).toBe('first');
  });

  it('gives everybody who starts at once the same content', async () => {
    const path = newPath();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) => createOnce(path, () => `content ${i}`)),
    );
    expect(new Set(made).size).toBe(1);
  });

  it('fails where the folder cannot be made', async () => {
    const path = newPath();
    const file = join(mkdtempSync(join(tmpdir(), 'state-')), 'file');
    writeFileSync(file, '');
    await expect(createOnce(join(file, path), () => 'made')).rejects.toThrow();
  });
});
