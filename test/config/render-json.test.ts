import { describe, expect, it } from '@jest/globals';
import { renderJson } from '../../src/config/render-json.js';

describe('renderJson', () => {
  it.each([
    {
      name: 'plain values',
      value: { a: 1, b: 'x', c: null, d: undefined },
      text: '{\n  "a": 1,\n  "b": "x",\n  "c": null\n}',
    },
    { name: 'empty ones', value: { a: {}, b: [] }, text: '{\n  "a": {},\n  "b": []\n}' },
    { name: 'a short list', value: { a: [1, 'x'] }, text: '{\n  "a": [1, "x"]\n}' },
    { name: 'a list of mappings', value: [{ a: 1 }], text: '[\n  {\n    "a": 1\n  }\n]' },
    {
      name: 'a long list',
      value: ['x'.repeat(60), 'y'.repeat(60)],
      text: `[\n  "${'x'.repeat(60)}",\n  "${'y'.repeat(60)}"\n]`,
    },
  ])('writes $name', ({ value, text }) => {
    expect(renderJson(value)).toBe(text);
  });
});
