import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Saboteur {
  readonly id: string;
  readonly file: string;
  readonly find: string;
  readonly test: string;
}

const root = resolve(import.meta.dirname, '../..');
const saboteurs: readonly Saboteur[] = parse(
  readFileSync(join(import.meta.dirname, 'saboteurs.yaml'), 'utf8'),
);

describe('the saboteurs', () => {
  it.each(saboteurs)('$id still finds the one place it spoils, and its test', ({ file, find, test }) => {
    expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2);
    expect(existsSync(join(root, test))).toBe(true);
  });
});
