import { describe, expect, it } from '@jest/globals';
import { createLocator, type ServicePlace } from '../../src/policy/place.js';
import { parseTarget } from '../../src/policy/target/parse.js';

const place = (deployment: string, path: string, host?: string): ServicePlace => ({
  deployment,
  workspace: 'w',
  service: 'airflow',
  path,
  host,
});
const locate = createLocator([
  place('one', '/one/airflow'),
  place('nested', '/one/airflow/inner'),
  place('hosted', '/', 'hosted.example.com'),
  place('hosted-deep', '/deep', 'hosted.example.com'),
]);

function at(raw: string, host = 'airflow.example.com'): string {
  const parsed = parseTarget(raw);
  if (parsed.kind === 'ambiguous') return 'ambiguous';
  const placement = locate(host, parsed.target);
  if (placement.kind === 'service') return `${placement.service.deployment} ${placement.prefixLength}`;
  return placement.kind === 'control'
    ? `control ${placement.service?.deployment ?? '-'} ${placement.rest.join('/')}`
    : placement.kind;
}

describe('createLocator', () => {
  it.each([
    ['the root', '/', 'home'],
    ['a service', '/one/airflow/dags', 'one 2'],
    ['a service without its slash', '/one/airflow', 'one 2'],
    ['encoded letters in the path', '/on%65/airflow/dags', 'one 2'],
    ['the longest path', '/one/airflow/inner/x', 'nested 3'],
    ['a path that only begins alike', '/one/airflowx/dags', 'unplaced'],
    ['another case', '/ONE/airflow/dags', 'unplaced'],
    ['an encoded slash in the service path', '/one%2Fairflow/dags', 'unplaced'],
    ['an encoded slash behind it', '/one/airflow%2Fdags', 'unplaced'],
    ['our pages at the root', '/.auth/me', 'control - me'],
    ['our pages under a service', '/one/airflow/.auth/login', 'control one login'],
    ['our pages under a Deployment that is not there', '/two/airflow/.auth/login', 'control - login'],
    ['our pages under Flower that is not there', '/two/flower/.auth/me', 'control - me'],
    ['our pages deeper down', '/one/airflow/dags/.auth/me', 'one 2'],
    ['our pages behind an encoded slash', '/.auth%2Fme', 'unplaced'],
    ['our pages spelt in escapes', '/%2Eauth/me', 'control - me'],
    ['an unknown path', '/nope', 'unplaced'],
  ])('places %s', (_, raw, expected) => {
    expect(at(raw)).toBe(expected);
  });

  it.each([
    ['its root', '/', 'hosted 0'],
    ['a longer path', '/deep/x', 'hosted-deep 1'],
    ['a path that elsewhere is a service', '/one/airflow/dags', 'hosted 0'],
    ['our pages', '/.auth/me', 'control - me'],
  ])('places %s of a host of its own', (_, raw, expected) => {
    expect(at(raw, 'hosted.example.com')).toBe(expected);
  });
});

describe('the longest path', () => {
  it.each([
    ['first', [place('inner', '/a/b/c'), place('middle', '/a/b'), place('outer', '/a')]],
    ['last', [place('outer', '/a'), place('middle', '/a/b'), place('inner', '/a/b/c')]],
    ['in between', [place('middle', '/a/b'), place('inner', '/a/b/c'), place('outer', '/a')]],
  ] as const)('wins wherever it was written: %s', (_, services) => {
    const found = ['/a/x', '/a/b/x', '/a/b/c/x'].map((raw) => {
      const parsed = parseTarget(raw);
      if (parsed.kind === 'ambiguous') return parsed.detail;
      const placement = createLocator(services)('h', parsed.target);
      return placement.kind === 'service' ? placement.service.deployment : placement.kind;
    });
    expect(found).toEqual(['outer', 'middle', 'inner']);
  });
});

describe('our pages', () => {
  it('stand under no name but a service’s', () => {
    expect(at('/two/other/.auth/login')).toBe('unplaced');
    expect(at('/two/airflow/x/.auth/login')).toBe('unplaced');
  });
});

describe('a service path that two servers could read differently', () => {
  it('is refused when it is built', () => {
    expect(() => createLocator([place('x', '/a/../b')])).toThrow(
      /service path `\/a\/\.\.\/b` is ambiguous: dot segment/,
    );
  });
});
