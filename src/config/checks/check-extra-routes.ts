import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';
import { servicesOf } from './services-of.js';

/** A route of one product under a permission of the other: nobody would look for it there. */
export function checkExtraRoutes(config: Config, nameOf: NameOf): Finding[] {
  return servicesOf(config).flatMap(({ kind, service, path }) =>
    service.extraRoutes.flatMap((rule, index): Finding[] => {
      const foreign = rule.permissions.find((permission) => !permission.startsWith(`deployment.${kind}.`));
      if (foreign === undefined) return [];
      const at = [...path, 'extraRoutes', index, 'permission'];
      return [
        {
          path: at,
          message: `\`${nameOf(at)}\` is \`${foreign}\`; a route of ${kind} needs a permission \`deployment.${kind}.…\``,
        },
      ];
    }),
  );
}
