import type { Config, DeploymentConfig, ServiceConfig } from '../../config/config.js';
import type { Catalogs } from '../../config/load-catalogs.js';
import { SERVICES, type ServiceKind } from '../../domain/deployment.js';
import { type Fault, FaultsError } from '../../domain/errors.js';
import { parseVersion, type Version } from '../../domain/version.js';
import type { GatedService } from '../../gate/service.js';
import { compileRoutes } from '../../policy/compile.js';
import { createDemand, type DeploymentVersions, grantsFor } from '../../policy/grants.js';

/** A service as configured, ready for the gate. */
export interface ConfiguredService extends GatedService {
  readonly version: Version;
  readonly config: ServiceConfig;
}

/**
 * Every service of every Deployment, its routes compiled for its version. Two services of one version share no trie
 * only where they have extra routes of their own.
 *
 * @throws {FaultsError} `catalog`, with every fault of every service
 */
export function composeServices(config: Config, catalogs: Catalogs): ConfiguredService[] {
  const faults: Fault[] = [];
  const routesOf = createRoutesCache(catalogs);
  const services = config.deployments.flatMap((deployment) =>
    SERVICES.flatMap((kind) => {
      const service = deployment[kind];
      if (service === undefined) return [];
      try {
        return [composeService(config, deployment, kind, service, routesOf)];
      } catch (error) {
        if (!(error instanceof FaultsError)) throw error;
        faults.push(...error.faults);
        return [];
      }
    }),
  );
  if (faults.length > 0) throw new FaultsError('catalog', faults);
  return services;
}

export function versionsOf({ airflow, flower }: DeploymentConfig): DeploymentVersions {
  return {
    airflow: airflow && parseVersion(airflow.version),
    flower: flower && parseVersion(flower.version),
  };
}

function composeService(
  config: Config,
  deployment: DeploymentConfig,
  kind: ServiceKind,
  service: ServiceConfig,
  routesOf: ReturnType<typeof createRoutesCache>,
): ConfiguredService {
  const versions = versionsOf(deployment);
  const version = versions[kind];
  if (version === undefined) throw new TypeError(`version \`${service.version}\` was not checked`);
  return {
    deployment: deployment.id,
    workspace: deployment.workspace,
    service: kind,
    version,
    config: service,
    host: service.host,
    path: service.path,
    origins: originsOf(config, service),
    routes: routesOf(kind, version, versions, service),
    grants: grantsFor(versions, config.permissions),
    openRules: new Set(service.anonymous),
  };
}

/** A service with a host of its own is reached there, by the scheme of the canonical public URL; others everywhere. */
function originsOf({ server }: Config, { host }: ServiceConfig): readonly string[] {
  if (host === undefined) return server.publicUrl;
  const scheme = server.publicUrl[0]?.startsWith('https:') ? 'https' : 'http';
  return [`${scheme}://${host}`];
}

function createRoutesCache(catalogs: Catalogs) {
  const known = new Map<string, GatedService['routes']>();
  return (kind: ServiceKind, version: Version, versions: DeploymentVersions, service: ServiceConfig) => {
    const key = JSON.stringify([kind, version, versions]);
    const shared = service.extraRoutes.length === 0 ? known.get(key) : undefined;
    if (shared !== undefined) return shared;
    const routes = compileRoutes({
      rules: catalogs[kind].rules,
      extraRules: service.extraRoutes,
      version,
      // Demands are ordered by the defaults: an override changes who holds a permission, not what a rule asks.
      demandOf: createDemand(grantsFor(versions)),
    });
    if (service.extraRoutes.length === 0) known.set(key, routes);
    return routes;
  };
}
