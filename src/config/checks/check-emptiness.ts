import type { Config } from '../config.js';
import type { Finding } from '../finding.js';

/** A gateway that works and lets nobody in, or to nothing, should say why. */
export function checkEmptiness({ deployments, roles }: Config): Finding[] {
  return [
    ...(deployments.length === 0
      ? [
          {
            path: ['deployments'],
            message: '`deployments` is empty, so there is nothing to reach; list one',
            severity: 'warning' as const,
          },
        ]
      : []),
    ...(roles.sources.length === 0
      ? [
          {
            path: ['roles', 'sources'],
            message: '`roles.sources` is empty, so nobody has a role anywhere; list one',
            severity: 'warning' as const,
          },
        ]
      : []),
  ];
}
