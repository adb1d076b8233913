import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { createDevelopmentIssuer, type DevelopmentIssuer } from '../../credentials/development-issuer.js';
import type { IssuerOptions } from '../../credentials/issuers.js';
import { createFileKeySet } from '../../credentials/jwks-file.js';
import { createUrlKeySet } from '../../credentials/jwks-url.js';
import type { KeySetEvent } from '../../credentials/key-set.js';
import { createStaticKeySet } from '../../credentials/static-key-set.js';
import { createVerifier, type Verify } from '../../credentials/verify.js';
import type { Log } from '../../observe/log.js';
import { prefixesOf } from './sign-in.js';

export interface Issuers {
  readonly trusted: readonly IssuerOptions[];
  /** Present exactly where `development.issuer` is on; the schema keeps it from standing beside real issuers. */
  readonly development: DevelopmentIssuer | undefined;
  /** Whether the keys of every issuer were loaded. */
  ready(): Promise<boolean>;
}

const PLAIN_CLAIMS = { principal: 'sub', email: 'email', name: 'name', groups: 'groups' };

/** Whose tokens are believed: the platform's issuers, or the embedded one for trying things out. */
export async function composeIssuers(config: Config, log: Log): Promise<Issuers> {
  const onEvent = (event: KeySetEvent): void =>
    event.kind === 'loaded' ? log.info(event.message) : log.warn(event.message);
  const platform = config.platform.issuers.map((issuer) => ({
    ...issuer,
    keys:
      issuer.jwks.kind === 'file'
        ? createFileKeySet({ path: issuer.jwks.path, onEvent })
        : createUrlKeySet({ url: issuer.jwks.url, onEvent }),
  }));
  const development = config.development.issuer
    ? await createDevelopmentIssuer({ keyPath: developmentKeyPath(config) })
    : undefined;
  const embedded: IssuerOptions[] =
    development === undefined
      ? []
      : [
          {
            issuer: development.issuer,
            audience: [development.audience],
            algorithms: ['ES256'],
            keys: createStaticKeySet(development.jwks()),
            claims: PLAIN_CLAIMS,
          },
        ];
  const trusted = [...platform, ...embedded];
  return {
    trusted,
    development,
    ready: async () => (await Promise.all(trusted.map((issuer) => issuer.keys.ready()))).every(Boolean),
  };
}

/** Judges platform tokens. Where nobody issues any, because people sign in at a provider, every token is a stranger's. */
export function createTokenVerifier(config: Config, { trusted }: Issuers): Verify {
  if (trusted.length === 0)
    return async () => ({
      kind: 'rejected',
      code: 'unknown-issuer',
      detail: 'no issuer of tokens is configured',
    });
  return createVerifier({
    issuers: trusted,
    clockToleranceSeconds: config.platform.clockToleranceSeconds,
    reservedPrefixes: prefixesOf(config),
  });
}

/** `token mint` reads the same file, so that its tokens hold at the running server. */
export function developmentKeyPath(config: Config): string {
  return join(config.server.stateDir, 'development-key.json');
}
