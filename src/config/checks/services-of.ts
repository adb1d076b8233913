import type { Config, DeploymentConfig, ServiceConfig } from '../config.js';
import type { Path } from '../finding.js';

/** A service with its Deployment and its place in the document. */
export type PlacedService = { readonly deployment: DeploymentConfig; readonly path: Path } & (
  | { readonly kind: 'airflow'; readonly service: NonNullable<DeploymentConfig['airflow']> }
  | { readonly kind: 'flower'; readonly service: NonNullable<DeploymentConfig['flower']> }
);

/** Every service of every Deployment, in the order of the document. */
export function servicesOf(config: Config): PlacedService[] {
  return config.deployments.flatMap((deployment, index): PlacedService[] => {
    const { airflow, flower } = deployment;
    const path = ['deployments', index];
    return [
      ...(airflow
        ? [{ deployment, kind: 'airflow' as const, service: airflow, path: [...path, 'airflow'] }]
        : []),
      ...(flower
        ? [{ deployment, kind: 'flower' as const, service: flower, path: [...path, 'flower'] }]
        : []),
    ];
  });
}

/** The authorities people reach a service by, in lower case. */
export function authoritiesOf(service: ServiceConfig, config: Config): string[] {
  if (service.host !== undefined) return [service.host];
  return config.server.publicUrl.map((url) => new URL(url).host);
}
