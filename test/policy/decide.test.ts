import { describe, expect, it } from '@jest/globals';
import type { Bindings } from '../../src/domain/binding.js';
import type { Identity } from '../../src/domain/identity.js';
import { type Permission, permissionSet } from '../../src/domain/permission.js';
import type { RouteMatch, Rule } from '../../src/domain/route.js';
import { decide, type Question } from '../../src/policy/decide.js';

const rule = (fields: Partial<Rule> = {}): Rule => ({
  id: 'dags',
  path: '/dags',
  permissions: ['deployment.airflow.dag.get'],
  why: 'made for a test',
  effect: 'read',
  nativeRole: undefined,
  public: false,
  never: false,
  stream: 'none',
  multipart: false,
  advisory: undefined,
  ...fields,
});
const matched = (fields?: Partial<Rule>): RouteMatch => ({ kind: 'matched', rule: rule(fields), params: {} });
const person = (credential: 'bearer' | 'cookie'): Identity => ({
  kind: 'authenticated',
  principal: { kind: 'user', id: 'eve', email: undefined, name: undefined, groups: [] },
  credential,
  claims: {},
  expiresAt: undefined,
});
const editor: Bindings = {
  bindings: [{ scope: 'WORKSPACE', id: 'w', level: 'EDITOR', source: 'file' }],
  unavailable: [],
};
const nobody: Bindings = { bindings: [], unavailable: [] };
const away: Bindings = { bindings: [], unavailable: ['redis'] };
const stale: Bindings = { bindings: editor.bindings, unavailable: [], stale: ['file'] };
const halfAway: Bindings = { bindings: editor.bindings, unavailable: ['redis'] };
const health = {
  id: 'health',
  public: true,
  permissions: ['deployment.airflow.website.get'] as Permission[],
};

const question = (fields: Partial<Question>): Question => ({
  method: 'GET',
  match: matched(),
  identity: person('bearer'),
  bindings: editor,
  held: permissionSet(['deployment.airflow.dag.get']),
  openRules: new Set(),
  origin: { kind: 'same-origin' },
  ...fields,
});

const foreign = { kind: 'foreign', detail: 'x' } as const;
const none = permissionSet([]);

describe('decide', () => {
  // In the order of the table: an earlier row wins over every later one.
  it.each<[string, Partial<Question>, string]>([
    [
      'an ambiguous target, before anybody is asked',
      { match: { kind: 'ambiguous', scope: 'target', detail: 'd' }, identity: { kind: 'anonymous' } },
      'deny ambiguous-target',
    ],
    [
      'two credentials, on an open route too',
      {
        match: matched(health),
        openRules: new Set(['health']),
        identity: { kind: 'ambiguous', detail: 'd' },
      },
      'deny ambiguous-credential',
    ],
    [
      'an opened public route for anybody',
      { match: matched(health), openRules: new Set(['health']), identity: { kind: 'anonymous' } },
      'allow public-route',
    ],
    [
      'an opened public route with a bad credential',
      {
        match: matched(health),
        openRules: new Set(['health']),
        identity: { kind: 'rejected', code: 'expired', detail: 'd' },
      },
      'allow public-route',
    ],
    [
      'a public route nobody opened',
      { match: matched(health), identity: { kind: 'anonymous' } },
      'deny no-credential',
    ],
    [
      'an opened id whose rule is not public',
      { match: matched(), openRules: new Set(['dags']), identity: { kind: 'anonymous' } },
      'deny no-credential',
    ],
    [
      'an opened public rule that is never exposed',
      {
        match: matched({ ...health, never: true }),
        openRules: new Set(['health']),
        identity: { kind: 'anonymous' },
      },
      'deny no-credential',
    ],
    ['nobody', { identity: { kind: 'anonymous' } }, 'deny no-credential'],
    [
      'a bad credential',
      { identity: { kind: 'rejected', code: 'expired', detail: 'd' } },
      'deny bad-credential',
    ],
    [
      'a credential that cannot be checked',
      { identity: { kind: 'unverifiable', cause: 'c' } },
      'deny identity-unavailable',
    ],
    ['an outsider', { bindings: nobody, held: none }, 'deny no-role'],
    [
      'an outsider at an unknown route',
      { bindings: nobody, held: none, match: { kind: 'unmatched' } },
      'deny no-role',
    ],
    [
      'an outsider where only the catalog finds the target ambiguous',
      { bindings: nobody, held: none, match: { kind: 'ambiguous', scope: 'route', detail: 'd' } },
      'deny no-role',
    ],
    [
      'a path under no service',
      { bindings: nobody, held: none, match: { kind: 'unplaced' } },
      'deny no-role',
    ],
    [
      'a path under no service while a source is away',
      { bindings: away, held: none, match: { kind: 'unplaced' } },
      'deny role-unavailable',
    ],
    [
      'a member where the catalog finds the target ambiguous',
      { match: { kind: 'ambiguous', scope: 'route', detail: 'd' } },
      'deny ambiguous-target',
    ],
    ['an unknown route', { match: { kind: 'unmatched' } }, 'deny unknown-route'],
    [
      'an unknown route while a source is away',
      { match: { kind: 'unmatched' }, bindings: away, held: none },
      'deny unknown-route',
    ],
    [
      'a route never exposed, whatever is held',
      { match: matched({ never: true, permissions: [] }) },
      'deny never-exposed',
    ],
    ['no answer from a source, nothing known', { bindings: away, held: none }, 'deny role-unavailable'],
    [
      'no answer from a source, too little known',
      { bindings: halfAway, held: none },
      'deny role-unavailable',
    ],
    ['no answer from a source, enough known', { bindings: halfAway }, 'allow permission-held'],
    ['a read by the last word of a source', { bindings: stale }, 'allow permission-held'],
    ['too little by the last word of a source', { bindings: stale, held: none }, 'deny role-unavailable'],
    [
      'nothing at all by the last word of a source: there may be something since',
      { bindings: { ...nobody, stale: ['redis'] }, held: none },
      'deny role-unavailable',
    ],
    ['too little held', { held: none }, 'deny insufficient-permission'],
    [
      'one of two demands missing',
      { match: matched({ permissions: ['deployment.airflow.dag.get', 'deployment.airflow.xcom.get'] }) },
      'deny insufficient-permission',
    ],
    [
      'too little held and cross-site: the role is named first',
      { held: none, method: 'POST', identity: person('cookie'), origin: foreign },
      'deny insufficient-permission',
    ],
    [
      'a cookie from elsewhere with an unsafe method',
      { method: 'POST', identity: person('cookie'), origin: foreign },
      'deny cross-site',
    ],
    [
      'a cookie from elsewhere with a read by POST',
      { method: 'POST', match: matched({ effect: 'read' }), identity: person('cookie'), origin: foreign },
      'deny cross-site',
    ],
    [
      'a cookie from elsewhere with a write by GET',
      { match: matched({ effect: 'write' }), identity: person('cookie'), origin: foreign },
      'deny cross-site',
    ],
    [
      'a cookie from elsewhere with a form by GET',
      { match: matched({ effect: 'form' }), identity: person('cookie'), origin: foreign },
      'allow permission-held',
    ],
    [
      'a cookie from elsewhere that only reads',
      { identity: person('cookie'), origin: foreign },
      'allow permission-held',
    ],
    ['a Bearer from anywhere', { method: 'POST', origin: foreign }, 'allow permission-held'],
    ['what is held', {}, 'allow permission-held'],
    [
      'a rule that demands nothing, which no loader makes',
      { match: matched({ permissions: [] }) },
      'deny never-exposed',
    ],
  ])('answers %s', (_, fields, expected) => {
    const decision = decide(question(fields));
    expect(`${decision.kind} ${decision.reason}`).toBe(expected);
  });

  it('names the rule and the permission that is missing', () => {
    const both = matched({ permissions: ['deployment.airflow.dag.get', 'deployment.airflow.xcom.get'] });
    expect(decide(question({ match: both }))).toMatchObject({
      rule: { id: 'dags' },
      permission: 'deployment.airflow.xcom.get',
    });
  });
});
