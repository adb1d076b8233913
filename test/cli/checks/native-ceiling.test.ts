import { describe, expect, it } from '@jest/globals';
import { checkNativeCeiling } from '../../../src/cli/checks/native-ceiling.js';
import { load, shippedCatalogs } from '../../../src/cli/compose/load.js';
import { composeServices } from '../../../src/cli/compose/services.js';
import type { ServiceConfig } from '../../../src/config/config.js';
import type { NativeRole } from '../../../src/domain/role.js';
import { createFiles, DIRECTORY } from '../commands/fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);

interface Setting {
  readonly profile?: 'airflow2' | 'none';
  readonly editor?: NativeRole;
  readonly permissions?: string;
}

/** What is found for one version. The profile is put in behind the load, which knows what profile suits which release. */
async function findings(version: string, setting: Setting = {}): Promise<string[]> {
  const { profile = 'airflow2', editor = 'User', permissions = '{}' } = setting;
  const file = write(
    `gateway-${version}.yaml`,
    `server: { publicUrl: http://localhost:8084 }
development: { issuer: true }
permissions: ${permissions}
deployments:
  - id: moon
    workspace: data-team
    airflow: { version: "${version}", upstream: "http://127.0.0.1:8080", identity: { profile: none } }
`,
  );
  const { config, catalogs } = await load(file);
  const roleMapping = { VIEWER: 'Viewer', EDITOR: editor, ADMIN: 'Admin' } as const;
  const identity = profile === 'none' ? { profile } : { profile, key: undefined, roleMapping };
  return composeServices(config, catalogs)
    .map((service) => ({ ...service, config: { ...service.config, identity } as ServiceConfig }))
    .flatMap((service) => checkNativeCeiling(service, config.permissions))
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const AUDIT_LOG = '{ WORKSPACE_EDITOR: { deployment.airflow.auditLog.get: true } }';

describe('the native ceiling', () => {
  it.each(shippedCatalogs().airflow.versions.filter((version) => !version.startsWith('3.')))(
    'leaves the defaults of %s alone',
    async (version) => expect(await findings(version)).toEqual([]),
  );

  it('refuses an override that Airflow 2 would answer with an endless redirect', async () => {
    expect(await findings('2.11', { permissions: AUDIT_LOG })).toEqual([
      expect.stringMatching(
        /^permissions\.WORKSPACE_EDITOR\.deployment\.airflow\.auditLog\.get: deployment `moon`: WORKSPACE_EDITOR may not hold `deployment\.airflow\.auditLog\.get`, since Airflow 2\.11 gives `.+` to its own role Admin at least and this one is mapped to User; take the permission away or map the role higher$/,
      ),
    ]);
  });

  it('lets the same override stand where the stock role may', async () => {
    expect(await findings('2.2', { permissions: AUDIT_LOG })).toEqual([]);
    expect(await findings('2.11', { editor: 'Admin', permissions: AUDIT_LOG })).toEqual([]);
  });

  it('finds one fault for each role and permission, whatever the number of routes', async () => {
    const overrides = `{
      WORKSPACE_VIEWER: { deployment.airflow.taskReschedule.get: true, deployment.airflow.trigger.get: true },
      WORKSPACE_EDITOR: { deployment.airflow.taskReschedule.get: true, deployment.airflow.trigger.get: true } }`;
    const paths = (await findings('2.11', { permissions: overrides })).map((text) => text.split(':')[0]);
    expect(paths.sort()).toEqual([
      'permissions.WORKSPACE_EDITOR.deployment.airflow.taskReschedule.get',
      'permissions.WORKSPACE_EDITOR.deployment.airflow.trigger.get',
      'permissions.WORKSPACE_VIEWER.deployment.airflow.taskReschedule.get',
      'permissions.WORKSPACE_VIEWER.deployment.airflow.trigger.get',
    ]);
  });

  it('does not blame an override that takes something away', async () => {
    const less =
      '{ WORKSPACE_VIEWER: { deployment.airflow.dag.get: false, deployment.airflow.taskInstance.get: false } }';
    expect(await findings('2.11', { permissions: less })).toEqual([]);
  });

  it('does not hold for Airflow 3, which takes the role from each assertion', async () => {
    expect(await findings('3.3', { permissions: AUDIT_LOG })).toEqual([]);
  });

  it('does not hold for an Airflow that is told nobody', async () => {
    expect(await findings('2.11', { profile: 'none', permissions: AUDIT_LOG })).toEqual([]);
  });
});
