import type { Config } from '../../config/config.js';
import type { Assertion } from '../../domain/assertion.js';
import { createAssertion } from '../../identity/assertion-table.js';
import { type KeyRing, openKeyRing, staticKeyRing } from '../../identity/key-ring.js';
import { publicJwks, readSigningKey, type SigningKey } from '../../identity/signing-key.js';
import type { ConfiguredService } from './services.js';

export interface Assertions {
  readonly of: (service: ConfiguredService) => Assertion;
  /** The JWK Set for `/.auth/jwks.json`: every key that signs an assertion. */
  readonly publicKeys: () => Promise<{ readonly keys: readonly object[] }>;
}

/** The profile of every service, with the keys they sign with: given ones, else one made in the state folder. */
export async function composeAssertions(
  config: Config,
  services: readonly ConfiguredService[],
): Promise<Assertions> {
  const { stateDir } = config.server;
  const rings = new Map<string, KeyRing>();
  const made = new Map<ConfiguredService, Assertion>();
  for (const service of services) made.set(service, createAssertion(await optionsOf(service)));
  return {
    of: (service) => {
      const assertion = made.get(service);
      if (assertion === undefined) throw new TypeError(`no assertion for \`${service.deployment}\``);
      return assertion;
    },
    async publicKeys() {
      await Promise.all([...rings.values()].map((ring) => ring.refresh()));
      return publicJwks([...rings.values()].flatMap((ring) => ring.published()));
    },
  };

  async function keyFor(
    given: string | undefined,
    type: 'rsa' | 'ed25519',
    where: string,
  ): Promise<() => SigningKey> {
    const name = given === undefined ? type : where;
    const ring =
      rings.get(name) ??
      (given === undefined
        ? await openKeyRing(stateDir, type)
        : staticKeyRing(await readSigningKey(given, where)));
    rings.set(name, ring);
    return ring.signing;
  }

  async function optionsOf(service: ConfiguredService) {
    const { identity } = service.config;
    const where = `identity.key of ${service.deployment}`;
    switch (identity.profile) {
      case 'airflow3-hs512':
        return { ...identity };
      case 'airflow3-jwks':
        return {
          ...identity,
          key: await keyFor(identity.key, identity.algorithm === 'RS256' ? 'rsa' : 'ed25519', where),
        };
      case 'airflow2':
        return {
          profile: identity.profile,
          deployment: service.deployment,
          key: await keyFor(identity.key, 'rsa', where),
        };
      case 'astro-sm':
        return { ...identity, key: await keyFor(identity.key, 'rsa', where) };
      case 'remote-user-header':
      case 'basic':
      case 'none':
        return { ...identity };
      default:
        return identity satisfies never;
    }
  }
}
