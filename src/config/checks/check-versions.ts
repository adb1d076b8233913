import type { ServiceKind } from '../../domain/deployment.js';
import { compareVersions, formatVersion, parseVersion, type Version } from '../../domain/version.js';
import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';
import { servicesOf } from './services-of.js';

/** The minor lines (`X.Y`) that the catalogs were checked against. */
export type KnownVersions = Readonly<Record<ServiceKind, readonly string[]>>;

/** Older than every catalog is a fault: its routes are unknown. Newer is a warning: what is new there stays denied. */
export function checkVersions(config: Config, known: KnownVersions, nameOf: NameOf): Finding[] {
  return servicesOf(config).flatMap(({ kind, service, path }): Finding[] => {
    const lines = known[kind].flatMap((text) => parseVersion(text) ?? []).sort(compareVersions);
    const [oldest, newest] = [lines[0], lines.at(-1)];
    const version = parseVersion(service.version);
    if (version === undefined || oldest === undefined || newest === undefined) return [];
    if (lines.some((line) => isLine(version, line))) return [];
    const at = [...path, 'version'];
    const name = `\`${nameOf(at)}\``;
    if (compareVersions(version, oldest) < 0) {
      return [
        {
          path: at,
          message: `${name} is \`${service.version}\`, older than the catalog knows; \`${formatVersion(oldest)}\` is the oldest, upgrade ${kind}`,
        },
      ];
    }
    const message = `${name} is \`${service.version}\`, which the catalog was not checked against; routes it does not know are denied, \`coverage\` lists them (newest known: \`${formatVersion(newest)}\`)`;
    return [{ path: at, message, severity: 'warning' }];
  });
}

function isLine(version: Version, line: Version): boolean {
  return version.major === line.major && version.minor === line.minor;
}
