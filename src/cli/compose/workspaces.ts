import type { Config } from '../../config/config.js';
import type { ResolveBindings } from '../../directory/union.js';
import type { Authenticated } from '../../domain/identity.js';
import { holds, PERMISSIONS, type Permission } from '../../domain/permission.js';
import type { HomeDeployment, HomeService, HomeWorkspace } from '../../http/home/model.js';
import type { Recent } from '../../http/home/recent.js';
import type { PublicService } from '../../http/public/service.js';
import { heldPermissions, highestRole, reaching } from '../../policy/effective.js';

export interface WorkspaceParts {
  readonly config: Config;
  readonly services: readonly PublicService[];
  readonly bindingsOf: ResolveBindings;
  readonly labelOf: (workspace: string) => string | undefined;
  readonly recent: Recent;
}

/** What opens the first page of a service. */
const FIRST_PAGE = {
  airflow: 'deployment.airflow.website.get',
  flower: 'deployment.flower.worker.get',
} as const satisfies Record<PublicService['service'], Permission>;

/** The Workspaces a caller has a role in, as the front page lists them; undefined where a role source is away. */
export function createWorkspaceList(parts: WorkspaceParts) {
  const { config, services, bindingsOf, labelOf, recent } = parts;
  const deployments = [...new Map(services.map((service) => [service.deployment, service.workspace]))].map(
    ([id, workspace]) => {
      const own = services.filter(({ deployment }) => deployment === id);
      return { id, workspace, own, asked: askedBy(own) };
    },
  );

  function serviceOf(service: PublicService, held: HomeDeployment['held']): HomeService {
    const { service: kind, deployment } = service;
    const version = config.deployments.find(({ id }) => id === deployment)?.[kind]?.version ?? '';
    return {
      kind,
      version,
      url: urlOf(service),
      open: holds(held, FIRST_PAGE[kind]),
      state: recent.stateOf(service),
    };
  }

  return async function workspacesOf(caller: Authenticated): Promise<readonly HomeWorkspace[] | undefined> {
    const { bindings, unavailable } = await bindingsOf(caller);
    if (unavailable.length > 0) return undefined;
    const found = new Map<string, HomeDeployment[]>();
    for (const { id, workspace, own, asked } of deployments) {
      const here = reaching(bindings, { deployment: id, workspace });
      const role = highestRole(here);
      const [first] = own;
      if (role === undefined || first === undefined) continue;
      const held = heldPermissions(here, first.grants);
      const shown = { id, role, asked, held, services: own.map((service) => serviceOf(service, held)) };
      found.set(workspace, [...(found.get(workspace) ?? []), shown]);
    }
    return [...found].map(([id, list]) => ({ id, label: labelOf(id) ?? id, deployments: list }));
  };
}

function askedBy(services: readonly PublicService[]): Permission[] {
  const asked = new Set(
    services.flatMap(({ routes }) =>
      routes.entries.flatMap(({ rule }) => (rule.never ? [] : rule.permissions)),
    ),
  );
  return PERMISSIONS.filter((permission) => asked.has(permission));
}

function urlOf(service: PublicService): string {
  const path = service.path === '/' ? '/' : `${service.path}/`;
  return service.host === undefined ? path : `${service.origins[0]}${path}`;
}
