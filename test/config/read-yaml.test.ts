import { describe, expect, it } from '@jest/globals';
import { parseYaml } from '../../src/config/read-yaml.js';

const TEXT = `a: &one
  b: 1
list:
  - x: 1
    secretFile: s

  - *one
? b
: 2
a2: 1
`;

describe('lines of a YAML file', () => {
  const { locate } = parseYaml('f.yaml', TEXT);

  it.each([
    { name: 'a key', path: ['a', 'b'], line: 2 },
    { name: 'a list entry', path: ['list', 0], line: 4 },
    { name: 'a key of a list entry', path: ['list', 0, 'x'], line: 4 },
    { name: 'a secret written as a file', path: ['list', 0, 'secret'], line: 5 },
    { name: 'an alias', path: ['list', 1], line: 7 },
    { name: 'a key below an alias', path: ['list', 1, 'b'], line: 2 },
    { name: 'a missing entry', path: ['list', 9, 'x'], line: 3 },
    { name: 'a missing key', path: ['a', 'z', 'y'], line: 1 },
    { name: 'something below plain text', path: ['a', 'b', 'c'], line: 2 },
    { name: 'an explicit key', path: ['b'], line: 8 },
    { name: 'the root', path: [], line: 1 },
  ])('are known of $name', ({ path, line }) => {
    expect(locate(path)).toBe(line);
  });
});

describe('faults of a YAML file', () => {
  it.each([
    {
      name: 'a key twice',
      text: 'a: 1\n"a": 2\n',
      says: { line: 2, message: 'key `a` is written twice in one mapping; keep one of them' },
    },
    {
      name: 'a tab',
      text: 'a:\n\tb: 1\n',
      says: { line: 2, message: expect.stringMatching(/^is not valid YAML: /) },
    },
    {
      name: 'two documents',
      text: 'a: 1\n---\nb: 1\n',
      says: { line: 2, message: expect.stringMatching(/^is not valid YAML: .*document/) },
    },
    {
      name: 'a mapping as key',
      text: '{ a: 1 }: 2\n',
      says: { line: 1, message: expect.stringMatching(/^is not valid YAML: /) },
    },
    {
      name: 'an unknown alias',
      text: 'a: *b\n',
      says: { line: 1, message: expect.stringMatching(/alias/i) },
    },
    {
      name: 'an unknown tag',
      text: 'a: !secret b\n',
      says: { line: 1, message: expect.stringMatching(/^is not valid YAML: unresolved tag/) },
    },
  ])('are told of $name', ({ text, says }) => {
    expect(parseYaml('f.yaml', text).faults).toContainEqual({ file: 'f.yaml', ...says });
  });
});
