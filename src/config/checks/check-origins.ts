import type { Config } from '../config.js';
import type { Finding } from '../finding.js';
import { authoritiesOf, servicesOf } from './services-of.js';

/**
 * Workspaces at one origin: a page of one may read pages of the other with the same person's cookie, because
 * browsers part sites by origin, not by path.
 */
export function checkOrigins(config: Config): Finding[] {
  const workspaces = new Map<string, string>();
  const told = new Set<string>();
  return servicesOf(config).flatMap(({ deployment, service, path }): Finding[] => {
    const findings: Finding[] = [];
    for (const authority of authoritiesOf(service, config)) {
      const first = workspaces.get(authority) ?? deployment.workspace;
      workspaces.set(authority, first);
      const pair = JSON.stringify([first, deployment.workspace]);
      if (first === deployment.workspace || told.has(pair)) continue;
      told.add(pair);
      findings.push({
        path: [...path.slice(0, 2), 'workspace'],
        message: `workspaces \`${first}\` and \`${deployment.workspace}\` share the origin \`${authority}\`, so a script in one can act in the other as the person who opened it; give each Workspace its own \`host\``,
        severity: 'warning',
      });
    }
    return findings;
  });
}
