import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

describe('package-lock.json', () => {
  it('names every platform’s package, so that npm ci works everywhere', () => {
    expect(() =>
      execFileSync(process.execPath, ['tools/lock/complete.js', '--check'], { cwd: root, stdio: 'pipe' }),
    ).not.toThrow();
  });

  it('names no registry', () => {
    expect(readFileSync(resolve(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"/);
  });
});
