import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { inputSchemaOf } from '../../src/config/input-schema.js';
import { salvage } from '../../src/config/salvage.js';

const schema = z.strictObject({
  list: z
    .array(
      z
        .strictObject({ id: z.string(), size: z.int().min(1).default(1) })
        .refine(({ id }) => id !== 'bad', 'has a bad id'),
    )
    .default([]),
  must: z.strictObject({ word: z.string() }).optional(),
});
const run = (document: unknown, told: string[][] = []) =>
  salvage(schema, inputSchemaOf(schema), document, told);

describe('salvage', () => {
  it('leaves a sound document alone', () => {
    expect(run({ list: [{ id: 'a' }] })).toMatchObject({
      value: { list: [{ id: 'a', size: 1 }] },
      findings: [],
    });
  });

  it('takes out what is wrong and keeps the rest, counted as written', () => {
    const { value, findings, originalPath, touched } = run({
      list: [{ id: 1 }, { id: 'a', size: 0 }, { id: 'bad', size: 0 }, { id: 'b', sise: 2 }],
      must: {},
    });
    expect(value).toEqual({
      list: [
        { id: 'a', size: 1 },
        { id: 'b', size: 1 },
      ],
    });
    expect(findings.map(({ path }) => path)).toEqual([
      ['list', 0, 'id'],
      ['list', 1, 'size'],
      ['list', 2, 'size'],
      ['list', 2],
      ['list', 3, 'sise'],
      ['must', 'word'],
    ]);
    expect(originalPath(['list', 1, 'id'])).toEqual(['list', 3, 'id']);
    expect(touched(['list', 0])).toBe(true);
    expect(touched(['list', 3, 'id'])).toBe(false);
  });

  it('tells in a later round what no earlier fault explains', () => {
    const { findings } = run({ list: [{ id: 'bad' }, { id: 'a', size: 'x' }] });
    expect(findings.map(({ message }) => message).sort()).toEqual([
      '`list[0]` has a bad id',
      '`list[1].size` is `x`; it must be a whole number from 1',
    ]);
  });

  it('is silent about what was told before', () => {
    expect(run({ must: {} }, [['must', 'word']]).findings).toEqual([]);
  });

  it('does not change what it is given', () => {
    const document = { list: [{ id: 1 }] };
    run(document);
    expect(document).toEqual({ list: [{ id: 1 }] });
  });

  it('has no value where the whole is wrong', () => {
    expect(run('text')).toMatchObject({
      value: undefined,
      findings: [{ path: [], message: '`the file` is `text`; it must be a mapping' }],
    });
  });
});
