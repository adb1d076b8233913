import type { CatalogRule } from '../../src/policy/catalog-rule.js';

/** A catalog rule with everything but its path and permission left at the default. */
export function catalogRule(fields: Partial<CatalogRule> & Pick<CatalogRule, 'id'>): CatalogRule {
  return {
    methods: ['GET'],
    paths: [`/${fields.id}`],
    permissions: ['deployment.airflow.dag.get'],
    why: 'made for a test',
    since: undefined,
    until: undefined,
    effect: undefined,
    nativeRole: undefined,
    public: false,
    never: false,
    query: undefined,
    stream: 'none',
    multipart: false,
    advisory: undefined,
    origin: 'test.yaml:1',
    ...fields,
  };
}
