import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadCatalogs } from '../../src/config/load-catalogs.js';
import { createFolder, faultsOf } from './fixture.js';

const { folder, write } = createFolder();
const FLOWER = 'product: flower\nversions: ["2.2"]\nrules: []\n';
let number = 0;

function load(files: Record<string, string>) {
  number += 1;
  const name = `catalog-${number}`;
  for (const [file, text] of Object.entries({ 'flower.yaml': FLOWER, ...files }))
    write(join(name, file), text);
  return loadCatalogs(join(folder, name));
}
const faults = (files: Record<string, string>) =>
  faultsOf(() => load(files)).map(
    ({ file, line, message }) => `${file.split('/').at(-1)}:${line ?? '-'} ${message}`,
  );

const airflow = (versions: string, rules: string) =>
  `product: airflow\nversions: [${versions}]\nrules:\n${rules}`;
const rule = (more: string) =>
  `  - { id: a, methods: [GET], path: /a, permission: deployment.airflow.dag.get, why: w${more} }\n`;

describe('a catalog', () => {
  it('is read with every field of a rule', () => {
    const text = airflow(
      '"3.0"',
      `  - id: dag-runs.list
    methods: [GET, POST]
    path: [/a, "/b/{x}"]
    permission: [deployment.airflow.dag.get, deployment.airflow.xcom.get]
    why: prose
    effect: read
    nativeRole: Op
    public: true
    query: { result: "*" }
    stream: socket
    multipart: true
    advisory: CVE-2026-28563
    since: "3.0.1"
    until: "3.0.5"
`,
    );
    const { airflow: catalog } = load({ 'airflow.yaml': text });
    expect(catalog).toEqual({
      product: 'airflow',
      versions: ['3.0'],
      rules: [
        {
          id: 'dag-runs.list',
          methods: ['GET', 'POST'],
          paths: ['/a', '/b/{x}'],
          permissions: ['deployment.airflow.dag.get', 'deployment.airflow.xcom.get'],
          why: 'prose',
          since: { major: 3, minor: 0, patch: 1 },
          until: { major: 3, minor: 0, patch: 5 },
          effect: 'read',
          nativeRole: 'Op',
          public: true,
          never: false,
          query: { result: '*' },
          stream: 'socket',
          multipart: true,
          advisory: 'CVE-2026-28563',
          origin: `${join(folder, `catalog-${number}`, 'airflow.yaml')}:4`,
        },
      ],
    });
  });

  it('is joined by product, its versions in their order and each rule within those of its file', () => {
    const never = '  - { id: b, methods: [GET], path: /b, never: true, why: w }\n';
    const { airflow: catalog } = load({
      'a3.yaml': airflow('"3.1", "3.0"', rule('') + rule(', since: "3.1"')),
      'a2.yaml': airflow('"2.9", "2.11", "2.10"', rule(', until: "2.10"') + never),
      'a1.yaml': airflow('"1.10"', rule('')),
    });
    expect(catalog.versions).toEqual(['1.10', '2.9', '2.10', '2.11', '3.0', '3.1']);
    const ranges = catalog.rules.map(({ since, until }) =>
      [since, until].map((end) => end && `${end.major}.${end.minor}`),
    );
    expect(ranges).toEqual([
      ['1.10', '2.9'],
      ['2.9', '2.10'],
      ['2.9', '3.0'],
      ['3.0', undefined],
      ['3.1', undefined],
    ]);
    expect(catalog.rules[2]).toMatchObject({ never: true, permissions: [] });
  });

  it('tells every fault of every file', () => {
    expect(
      faults({
        'a2.yaml': airflow('"2.9.1"', rule('')),
        'a3.yaml': airflow(
          '"3.0"',
          rule(', until: "2.0"') +
            rule(', since: "3.1", until: "3.1"') +
            rule(', never: true') +
            rule(', sinse: "3.0"') +
            rule(', since: 3.0') +
            '  - { id: a, methods: [get], path: a, permission: deployment.airflow.dags.get }\n',
        ),
        'flower.yaml':
          'product: flower\nversions: ["2.2"]\nrules:\n  - { id: a, methods: [GET], path: /a, permission: deployment.airflow.dag.get, why: w }\n',
      }),
    ).toEqual([
      'a2.yaml:2 `versions[0]` is `2.9.1`; it must be a minor line, like `"2.11"`',
      'a3.yaml:5 `rules[1].until` is `3.1`; it must be later than `since`: the end is exclusive',
      'a3.yaml:6 `rules[2].permission` is `deployment.airflow.dag.get`; it must be left out: a rule with `never` is forwarded for nobody',
      'a3.yaml:7 unknown key `sinse` in `rules[3]`; did you mean `since`?',
      'a3.yaml:8 `rules[4].since` must be text; quote it: `"3"`',
      'a3.yaml:9 `rules[5].methods[0]` is `get`; it must be one of `GET`, `POST`, `PUT`, `PATCH`, `DELETE`; did you mean `GET`?',
      'a3.yaml:9 `rules[5].path` is malformed: path `a` does not start with `/`; write it from the root of the service',
      'a3.yaml:9 `rules[5].permission` is `deployment.airflow.dags.get`; it must be a known name or a list of known names; did you mean `deployment.airflow.dag.get`?',
      'a3.yaml:9 `rules[5].why` is missing; add it under `rules[5]`',
      'flower.yaml:4 rule `a` asks for `deployment.airflow.dag.get`; a route of flower needs a permission `deployment.flower.…`',
      'a3.yaml:4 rule `a` holds for no version of this file; fix `since` or `until`, or remove it',
    ]);
  });

  it('must be there for both products', () => {
    expect(faultsOf(() => load({}))).toEqual([
      {
        file: join(folder, `catalog-${number}`),
        line: undefined,
        message: 'holds no catalog of airflow; restore the folder',
      },
    ]);
  });

  it('must be in a folder that can be read', () => {
    expect(faultsOf(() => loadCatalogs('/nowhere'))).toEqual([
      { file: '/nowhere', line: undefined, message: 'cannot be read (ENOENT); restore the folder' },
    ]);
  });

  it('of this project is sound', () => {
    const { airflow: catalog, flower } = loadCatalogs('config/catalog');
    expect(catalog.versions).toEqual(expect.arrayContaining(['2.11', '3.3']));
    expect(flower.versions).toContain('2.2');
    expect(catalog.rules.length).toBeGreaterThan(100);
  });
});
