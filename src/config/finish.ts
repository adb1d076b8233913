import type { CatalogRule } from '../policy/catalog-rule.js';
import type { Path } from './finding.js';
import type { ParsedConfig } from './schema/configuration.js';
import { formatListen, type ListenAddress } from './schema/primitives.js';
import { toCatalogRule } from './to-catalog-rule.js';

type ParsedDeployment = ParsedConfig['deployments'][number];
type ParsedService = NonNullable<ParsedDeployment['airflow'] | ParsedDeployment['flower']>;

/** Where an issuer's keys are. Paths are absolute. */
export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** Fills in what the schema cannot know: defaults that depend on other keys, and where a rule was written. */
export function finishConfig(parsed: ParsedConfig, origin: (path: Path) => string) {
  return {
    ...parsed,
    server: { ...parsed.server, publicUrl: parsed.server.publicUrl ?? defaultUrls(parsed.server.listen) },
    platform: {
      ...parsed.platform,
      issuers: parsed.platform.issuers.map((issuer) => ({ ...issuer, jwks: keySource(issuer.jwks) })),
    },
    deployments: parsed.deployments.map((deployment, index) => {
      const { id, workspace, airflow, flower } = deployment;
      const path: Path = ['deployments', index];
      return {
        id,
        workspace,
        airflow: airflow && {
          ...airflow,
          ...complete(airflow, `/${id}/airflow`, [...path, 'airflow'], origin),
        },
        flower: flower && { ...flower, ...complete(flower, `/${id}/flower`, [...path, 'flower'], origin) },
      };
    }),
  };
}

function complete(service: ParsedService, usualPath: string, path: Path, origin: (path: Path) => string) {
  return {
    path: service.path ?? (service.host === undefined ? usualPath : '/'),
    extraRoutes: service.extraRoutes.map(
      (rule, index): CatalogRule => toCatalogRule(rule, origin([...path, 'extraRoutes', index])),
    ),
  };
}

function keySource(jwks: string): KeySource {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(jwks) ? { kind: 'url', url: jwks } : { kind: 'file', path: jwks };
}

/** How people reach a listener when nobody said: by its address, and by `localhost` where that is the same. */
function defaultUrls({ host, port }: ListenAddress): string[] {
  const everywhere = host === '0.0.0.0' || host === '::';
  const named = everywhere ? [] : [`http://${formatListen({ host, port })}`];
  const local = everywhere || host === '127.0.0.1' || host === '::1' ? [`http://localhost:${port}`] : [];
  return [...named, ...local].map((url) => new URL(url).origin);
}
