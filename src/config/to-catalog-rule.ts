import type { CatalogRule } from '../policy/catalog-rule.js';
import type { ExtraRule, ParsedCatalogRule } from './schema/rule.js';

/** A rule as a file writes it, as the policy takes it. `origin` is the file and line, for faults. */
export function toCatalogRule(rule: ExtraRule | ParsedCatalogRule, origin: string): CatalogRule {
  return {
    id: rule.id,
    methods: rule.methods,
    paths: rule.path,
    permissions: rule.permission ?? [],
    why: rule.why,
    since: 'since' in rule ? rule.since : undefined,
    until: 'until' in rule ? rule.until : undefined,
    effect: rule.effect,
    nativeRole: rule.nativeRole,
    public: rule.public,
    never: rule.never,
    query: rule.query,
    stream: rule.stream === 'socket' ? 'socket' : rule.stream ? 'response' : 'none',
    multipart: rule.multipart,
    advisory: rule.advisory,
    origin,
  };
}
