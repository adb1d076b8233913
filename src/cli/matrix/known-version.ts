import type { ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { compareVersions, parseVersion, type Version } from '../../domain/version.js';

export interface KnownVersion {
  readonly version: Version;
  /** Said once on the side, where the catalog was not checked against this version. */
  readonly warning: string | undefined;
}

/**
 * Reads a version given on the command line as a configuration's is read: newer than every catalog warns, older is a
 * fault, since its routes are unknown.
 *
 * @param lines `X.Y` that the catalog was checked against, oldest first
 * @throws {AuthProxyError} `config`
 */
export function readKnownVersion(kind: ServiceKind, written: string, lines: readonly string[]): KnownVersion {
  const version = parseVersion(written);
  const oldest = lines[0] === undefined ? undefined : parseVersion(lines[0]);
  const newest = lines.at(-1);
  if (version === undefined)
    throw new AuthProxyError(
      'config',
      `\`${written}\` is no version of ${kind}; write one like \`${newest}\` or \`${newest}.1\``,
    );
  if (oldest !== undefined && compareVersions(version, oldest) < 0)
    throw new AuthProxyError(
      'config',
      `${kind} \`${written}\` is older than the catalog knows; \`${lines[0]}\` is the oldest`,
    );
  const known = lines.includes(`${version.major}.${version.minor}`);
  const warning = known
    ? undefined
    : `the catalog was not checked against ${kind} ${written}; routes it does not know are denied (newest known: \`${newest}\`)`;
  return { version, warning };
}
