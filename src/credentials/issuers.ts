import { AuthProxyError } from '../domain/errors.js';
import { type Algorithm, isAlgorithm } from './algorithms.js';
import { type ClaimNames, SERVICE_ACCOUNT_PREFIX, type SubjectSpace } from './claimed-principal.js';
import type { KeySet } from './key-set.js';

/** One issuer whose tokens are believed. */
export interface IssuerOptions {
  /** Compared byte for byte with `iss`. */
  readonly issuer: string;
  /** One of these must be a member of `aud`, byte for byte. */
  readonly audience: readonly string[];
  readonly algorithms: readonly Algorithm[];
  readonly keys: KeySet;
  readonly claims: ClaimNames;
  /** Put before the principal. Every issuer after the first needs its own. */
  readonly subjectPrefix?: string | undefined;
}

/** An issuer that was checked; made by {@link trustIssuers} only. */
export interface TrustedIssuer extends IssuerOptions {
  readonly space: SubjectSpace;
}

/**
 * Checks the configured issuers together and keys them by the exact `iss`.
 *
 * @throws {AuthProxyError} `config`, see {@link IssuerOptions}
 */
export function trustIssuers(
  issuers: readonly IssuerOptions[],
  reservedPrefixes: readonly string[] = [],
): ReadonlyMap<string, TrustedIssuer> {
  const fail = (message: string): never => {
    throw new AuthProxyError('config', message);
  };
  const byName = new Map<string, TrustedIssuer>();
  for (const entry of issuers) {
    const name = `issuer \`${entry.issuer}\``;
    const prefix = entry.subjectPrefix ?? '';
    if (entry.issuer === '') fail('an issuer is empty; name it exactly as its tokens do in `iss`');
    if (byName.has(entry.issuer)) fail(`${name} is listed twice; remove one`);
    if (entry.audience.length === 0 || entry.audience.includes(''))
      fail(`${name} needs an audience; add \`audience: [...]\``);
    if (entry.algorithms.length === 0)
      fail(`${name} allows no algorithm; remove \`algorithms:\` to get the default`);
    const wrong = entry.algorithms.find((algorithm) => !isAlgorithm(algorithm));
    if (wrong !== undefined) fail(`${name} allows \`${wrong}\`; only asymmetric algorithms can be trusted`);
    if (byName.size > 0 && prefix === '')
      fail(`${name} is not the first and needs a \`subjectPrefix\` of its own`);
    // Neither may begin like the other: `a` + `bc` and `ab` + `c` would be one person.
    const others = issuers.filter((other) => other !== entry).map((other) => other.subjectPrefix ?? '');
    const reserved = [SERVICE_ACCOUNT_PREFIX, ...others.filter((other) => other !== '')];
    if (prefix !== '' && reserved.some((other) => prefix.startsWith(other) || other.startsWith(prefix))) {
      fail(`${name} has a \`subjectPrefix\` that begins like another one; give it its own`);
    }
    const foreign = reservedPrefixes.filter((other) => other !== '' && other !== prefix);
    byName.set(entry.issuer, { ...entry, space: { prefix, reserved: [...reserved, ...foreign] } });
  }
  if (byName.size === 0) fail('no issuer is configured; add one under platform.issuers');
  return byName;
}
