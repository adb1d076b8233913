import { describe, expect, it } from '@jest/globals';
import { readRouteFile } from '../../../src/cli/matrix/route-file.js';

describe('a route file', () => {
  it('is an object with rows, and says what it was read from', () => {
    const text = JSON.stringify({
      product: 'flower',
      version: '2.2.0',
      routes: [{ methods: ['get', 'POST'], path: '/x', endpoint: 'whatever' }],
    });
    expect(readRouteFile(text, 'f.json')).toEqual({
      product: 'flower',
      version: '2.2.0',
      rows: [{ methods: ['GET', 'POST'], path: '/x' }],
    });
  });

  it('may be the bare list', () => {
    expect(readRouteFile('[{"methods":["GET"],"path":"/x"}]', 'f.json')).toEqual({
      product: undefined,
      version: undefined,
      rows: [{ methods: ['GET'], path: '/x' }],
    });
  });

  it.each([
    { name: 'no JSON', text: 'GET /x', message: 'route file `f.json` is not JSON' },
    { name: 'no rows', text: '{"product":"airflow"}', message: 'has no list `routes`' },
    { name: 'null', text: 'null', message: 'has no list `routes`' },
    { name: 'a row without a path', text: '[{"methods":["GET"]}]', message: 'has a row 1 without' },
    {
      name: 'methods as text',
      text: '[{"methods":["GET"],"path":"/x"},{"methods":"GET","path":"/y"}]',
      message: 'has a row 2 without',
    },
    { name: 'a row that is null', text: '[null]', message: 'has a row 1 without' },
  ])('is refused with $name', ({ text, message }) => {
    expect(() => readRouteFile(text, 'f.json')).toThrow(message);
  });
});
