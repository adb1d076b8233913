import { describe, expect, it } from '@jest/globals';
import { parseVersion, type Version } from '../../src/domain/version.js';
import type { CatalogRule } from '../../src/policy/catalog-rule.js';
import { classify } from '../../src/policy/classify.js';
import { compileRoutes } from '../../src/policy/compile.js';
import { createDemand, grantsFor } from '../../src/policy/grants.js';
import { parseTarget } from '../../src/policy/target/parse.js';
import { catalogRule } from '../support/rules.js';

const V: Version = { major: 3, minor: 3, patch: 2 };
const demandOf = createDemand(grantsFor({ airflow: V, flower: undefined }));

function match(
  rules: readonly CatalogRule[],
  method: string,
  raw: string,
  prefixLength = 0,
  version = V,
): string {
  const parsed = parseTarget(raw);
  if (parsed.kind === 'ambiguous') return `unparsed: ${parsed.detail}`;
  const routes = compileRoutes({ rules, version, demandOf });
  const result = classify({ routes, method, target: parsed.target, prefixLength });
  if (result.kind === 'matched') return `${result.rule.id} ${JSON.stringify(result.params)}`;
  return result.kind === 'ambiguous' ? `ambiguous: ${result.detail}` : result.kind;
}

const rules = [
  catalogRule({ id: 'root', paths: ['/'] }),
  catalogRule({ id: 'variables', paths: ['/variables'] }),
  catalogRule({ id: 'variable', paths: ['/variables/{key*}'], methods: ['GET', 'PATCH'] }),
  catalogRule({ id: 'connection', paths: ['/connections/{id}'], methods: ['GET', 'PATCH'] }),
  catalogRule({ id: 'connection-test', paths: ['/connections/test'], methods: ['POST'] }),
  catalogRule({ id: 'run', paths: ['/dags/{dag_id}/runs/{run_id}'] }),
  catalogRule({ id: 'wait', paths: ['/dags/{dag_id}/runs/{run_id}/wait'] }),
  catalogRule({ id: 'wait-result', paths: ['/dags/{dag_id}/runs/{run_id}/wait'], query: { result: '*' } }),
  catalogRule({ id: 'try', paths: ['/tries/{n}'] }),
  catalogRule({ id: 'try-logs', paths: ['/tries/{n}/logs'] }),
];

describe('classify', () => {
  it.each([
    ['the root of a service', 'GET', '/', 'root {}'],
    ['a literal', 'GET', '/variables', 'variables {}'],
    ['a literal with a final slash', 'GET', '/variables/', 'variables {}'],
    ['HEAD as GET', 'HEAD', '/variables', 'variables {}'],
    ['a tail of one segment', 'GET', '/variables/a', 'variable {"key":"a"}'],
    ['a tail of several', 'GET', '/variables/a/b', 'variable {"key":"a/b"}'],
    ['an encoded slash inside a tail', 'GET', '/variables/a%2Fb', 'variable {"key":"a/b"}'],
    ['two encoded slashes inside a tail', 'GET', '/variables/s3:%2F%2Fb', 'variable {"key":"s3://b"}'],
    ['a tail of no segment', 'PATCH', '/variables', 'variable {"key":""}'],
    ['a parameter', 'GET', '/dags/a.b/runs/r:1', 'run {"dag_id":"a.b","run_id":"r:1"}'],
    ['a literal before a parameter', 'POST', '/connections/test', 'connection-test {}'],
    [
      'a parameter where the literal has no such method',
      'PATCH',
      '/connections/test',
      'connection {"id":"test"}',
    ],
    [
      'a query that selects',
      'GET',
      '/dags/a/runs/r/wait?result=x',
      'wait-result {"dag_id":"a","run_id":"r"}',
    ],
    [
      'a query that selects, spelt in escapes',
      'GET',
      '/dags/a/runs/r/wait?r%65sult',
      'wait-result {"dag_id":"a","run_id":"r"}',
    ],
    ['another query', 'GET', '/dags/a/runs/r/wait?results=1', 'wait {"dag_id":"a","run_id":"r"}'],
    ['another method', 'DELETE', '/variables', 'unmatched'],
    ['another case', 'GET', '/Variables', 'unmatched'],
    ['a longer path', 'GET', '/tries/1/logs/x', 'unmatched'],
    ['a shorter path', 'GET', '/dags/a/runs', 'unmatched'],
    ['a name of Object.prototype', 'GET', '/constructor', 'unmatched'],
    ['an encoded slash between literals', 'GET', '/tries%2F1', 'ambiguous: `%2F` outside a tail parameter'],
    ['an encoded slash before a tail', 'GET', '/variables%2Fa', 'ambiguous: `%2F` outside a tail parameter'],
    [
      'an encoded slash inside a parameter',
      'GET',
      '/tries/1%2Flogs',
      'ambiguous: `%2F` outside a tail parameter',
    ],
    ['an encoded slash in an unknown path', 'GET', '/nope%2Fx', 'ambiguous: `%2F` outside a tail parameter'],
    ['a leading encoded slash', 'GET', '/%2Fvariables', 'ambiguous: `%2F` outside a tail parameter'],
    [
      'a selecting key given twice',
      'GET',
      '/dags/a/runs/r/wait?result=&x&r%65sult',
      'ambiguous: query key `result` given twice',
    ],
    [
      'a semicolon where a query selects',
      'GET',
      '/dags/a/runs/r/wait?a=1;result=2',
      'ambiguous: `;` in a query that selects the rule',
    ],
  ])('reads %s', (_, method, raw, expected) => {
    expect(match(rules, method, raw)).toBe(expected);
  });

  it('leaves out the segments of the service', () => {
    expect(match(rules, 'GET', '/quasar/airflow/variables/x', 2)).toBe('variable {"key":"x"}');
    expect(match(rules, 'GET', '/quasar/airflow', 2)).toBe('root {}');
  });

  it('does not depend on the order of the rules', () => {
    const targets = ['/variables', '/connections/test', '/dags/a/runs/r/wait?result', '/tries/1/logs'];
    for (const target of targets)
      expect(match([...rules].reverse(), 'GET', target)).toBe(match(rules, 'GET', target));
  });
});

describe('compileRoutes', () => {
  const at = (text: string): Version => {
    const version = parseVersion(text);
    if (version === undefined) throw new Error(text);
    return version;
  };

  it('takes the rules of the version alone', () => {
    const versioned = [
      catalogRule({ id: 'old', paths: ['/x'], until: at('3.1') }),
      catalogRule({ id: 'new', paths: ['/x'], since: at('3.1') }),
    ];
    expect(match(versioned, 'GET', '/x', 0, at('3.0.6'))).toBe('old {}');
    expect(match(versioned, 'GET', '/x', 0, at('3.1.0'))).toBe('new {}');
  });

  it('joins what differs between the patches of one minor release into the stricter rule', () => {
    const versioned = [
      catalogRule({ id: 'lax', paths: ['/x'], until: at('3.1.4') }),
      catalogRule({
        id: 'strict',
        paths: ['/x'],
        since: at('3.1.4'),
        permissions: ['deployment.airflow.xcom.get'],
      }),
    ];
    const entry = compileRoutes({ rules: versioned, version: at('3.1'), demandOf }).entries[0];
    expect(entry?.rule.id).toBe('strict');
    expect(entry?.rule.permissions).toEqual(['deployment.airflow.xcom.get', 'deployment.airflow.dag.get']);
  });

  it('raises a demand by an advisory for the affected versions only', () => {
    const advised = [
      catalogRule({ id: 'plain', paths: ['/x'] }),
      catalogRule({
        id: 'raised',
        paths: ['/x'],
        until: at('3.2'),
        permissions: ['deployment.airflow.xcom.get'],
        advisory: 'CVE-2026-1',
      }),
    ];
    const rule = (version: string) =>
      compileRoutes({ rules: advised, version: at(version), demandOf }).entries[0]?.rule;
    expect(rule('3.1.8')).toMatchObject({ id: 'raised', advisory: 'CVE-2026-1' });
    expect(rule('3.2.0')).toMatchObject({ id: 'plain', advisory: undefined });
  });

  it.each([
    [
      'the same shape under other names',
      [catalogRule({ id: 'a', paths: ['/x/{a}'] }), catalogRule({ id: 'b', paths: ['/x/{b}'] })],
      'is also named by rule `a`',
    ],
    [
      'one rule that repeats itself',
      [catalogRule({ id: 'a', paths: ['/x', '/x/'] })],
      'is written twice in this rule',
    ],
    ['a tail that is not last', [catalogRule({ id: 'a', paths: ['/x/{a*}/y'] })], 'a tail is last'],
    ['a pattern without a slash', [catalogRule({ id: 'a', paths: ['x'] })], 'does not start with `/`'],
    ['a regular expression', [catalogRule({ id: 'a', paths: ['/x/.*'] })], 'write a literal'],
  ])('refuses %s', (_, tied, message) => {
    expect(() => compileRoutes({ rules: tied, version: V, demandOf })).toThrow(message);
  });

  it('accepts one shape for versions that never meet', () => {
    const apart = [
      catalogRule({ id: 'a', paths: ['/x'], until: at('3.1') }),
      catalogRule({ id: 'b', paths: ['/x'], since: at('3.1') }),
    ];
    expect(() => compileRoutes({ rules: apart, version: V, demandOf })).not.toThrow();
  });

  it('refuses an extra route on a path the catalog knows, under any method', () => {
    const extraRules = [catalogRule({ id: 'mine', paths: ['/variables/{a}/mine'], methods: ['POST'] })];
    expect(() => compileRoutes({ rules, extraRules, version: V, demandOf })).toThrow(
      'matches paths of catalog rule `variable`',
    );
  });
});
