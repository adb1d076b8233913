import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';
import { checkBranding } from './check-branding.js';
import { checkDevelopment } from './check-development.js';
import { checkEmptiness } from './check-emptiness.js';
import { checkExtraRoutes } from './check-extra-routes.js';
import { checkBinding, checkIdentities } from './check-identities.js';
import { checkOrigins } from './check-origins.js';
import { checkPermissions } from './check-permissions.js';
import { checkPlaces } from './check-places.js';
import { checkServer } from './check-server.js';
import { checkSignIn } from './check-sign-in.js';
import { checkVersions, type KnownVersions } from './check-versions.js';

/** What a check may know besides the configuration. */
export interface CheckContext {
  readonly knownVersions: KnownVersions;
  /** Whether `server.publicUrl` was written or made up. */
  readonly publicUrlGiven: boolean;
  readonly nameOf: NameOf;
}

/** Everything that is wrong although every key by itself is right. */
export function checkConfig(config: Config, context: CheckContext): Finding[] {
  const { nameOf, knownVersions, publicUrlGiven } = context;
  return [
    ...checkServer(config, publicUrlGiven, nameOf),
    ...checkDevelopment(config),
    ...checkPermissions(config, nameOf),
    ...checkPlaces(config, nameOf),
    ...checkVersions(config, knownVersions, nameOf),
    ...checkIdentities(config, nameOf),
    ...checkBinding(config),
    ...checkExtraRoutes(config, nameOf),
    ...checkOrigins(config),
    ...checkEmptiness(config),
    ...checkSignIn(config, nameOf),
    ...checkBranding(config),
  ];
}
