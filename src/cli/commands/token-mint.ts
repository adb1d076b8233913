import { createDevelopmentIssuer } from '../../credentials/development-issuer.js';
import { AuthProxyError } from '../../domain/errors.js';
import { developmentKeyPath } from '../compose/issuers.js';
import { load } from '../compose/load.js';

export interface TokenMintOptions {
  readonly config: string;
  readonly user: string;
  readonly ttlSeconds: number;
}

/**
 * A platform token of the embedded development issuer, which a server of the same configuration takes. Anybody may be
 * named; people of `development.people` come with their name, address and groups.
 */
export async function mintToken({ config: file, user, ttlSeconds }: TokenMintOptions): Promise<string> {
  const { config } = await load(file);
  if (!config.development.issuer) {
    throw new AuthProxyError(
      'config',
      'tokens are minted for development only; set development.issuer: true, or ask your platform for a token',
    );
  }
  const issuer = await createDevelopmentIssuer({ keyPath: developmentKeyPath(config) });
  const person = config.development.people.find(({ id }) => id === user) ?? { id: user };
  return issuer.mint(person, ttlSeconds);
}
