import type { Catalogs } from '../../config/load-catalogs.js';
import type { ServiceKind } from '../../domain/deployment.js';
import type { GatedService } from '../../gate/service.js';
import type { CatalogRule } from '../../policy/catalog-rule.js';
import { compileRoutes } from '../../policy/compile.js';
import {
  createDemand,
  type DeploymentVersions,
  grantsFor,
  type PermissionOverrides,
} from '../../policy/grants.js';

export interface CatalogServiceOptions {
  readonly catalogs: Catalogs;
  readonly kind: ServiceKind;
  /** That of `kind` must be there; the other one decides cells of the table. */
  readonly versions: DeploymentVersions;
  readonly overrides?: PermissionOverrides;
  readonly extraRules?: readonly CatalogRule[];
}

/** A service that no configuration names: the routes of one version at the root, so that targets need no prefix. */
export function createCatalogService(options: CatalogServiceOptions): GatedService {
  const { catalogs, kind, versions, overrides, extraRules = [] } = options;
  const version = versions[kind];
  if (version === undefined) throw new TypeError(`a ${kind} service without a version`);
  return {
    deployment: 'catalog',
    workspace: 'catalog',
    service: kind,
    host: undefined,
    path: '/',
    origins: [],
    openRules: new Set(),
    grants: grantsFor(versions, overrides),
    routes: compileRoutes({
      rules: catalogs[kind].rules,
      extraRules,
      version,
      demandOf: createDemand(grantsFor(versions)),
    }),
  };
}
