import { setTimeout as sleep } from 'node:timers/promises';
import type { Binding } from '../../domain/binding.js';
import { AuthProxyError } from '../../domain/errors.js';
import { causeOf } from '../cause.js';
import type { HeldRole, Holder, RolePlace, RoleStore, StoredServiceAccount } from '../role-store.js';
import { createKeyLayout, holderOf, isSendable, type KeyLayout } from './keys.js';
import { createRedisLink, type RedisAddress, type RedisLink } from './link.js';
import { readRoles } from './roles-entry.js';

export interface RedisStoreOptions {
  readonly name: string;
  readonly address: RedisAddress;
  readonly keyPrefix: string;
}

const CONNECT_MS = 3000;

/**
 * The roles and service accounts of one Redis, to be written by an operator. Writes exactly what `redis-cli` would, so
 * gateways need not be told.
 *
 * @throws {AuthProxyError} `role-source` where Redis does not answer within three seconds
 */
export async function openRedisStore({ name, address, keyPrefix }: RedisStoreOptions): Promise<RoleStore> {
  const link = createRedisLink(address, () => {});
  const layout = createKeyLayout(keyPrefix);
  await connected(link, name);

  /** A refused write says why in the server's own words. */
  async function write(command: string, ...args: string[]): Promise<number> {
    try {
      return Number(await link.call(command, ...args));
    } catch (error) {
      throw new AuthProxyError(
        'role-source',
        `role source \`${name}\` did not take ${command}: ${causeOf(error)}; give a server and a user that may write`,
      );
    }
  }

  async function rolesAt(key: string): Promise<readonly Binding[]> {
    return (await readRoles({ link, source: name, onMalformed: () => {} }, key)).bindings;
  }

  return {
    name,
    async list() {
      const roles: HeldRole[] = [];
      for (const key of await all(link, layout.prefixes.roles)) {
        const holder = holderOf(key, layout.prefixes.roles);
        if (holder === undefined) continue;
        for (const binding of await rolesAt(key)) roles.push({ holder, ...placed(binding) });
      }
      return roles;
    },
    async set({ holder, place, level }) {
      await write('HSET', keyOf(layout, holder), fieldOf(place), level);
    },
    async remove(holder, place) {
      return (await write('HDEL', keyOf(layout, holder), fieldOf(place))) > 0;
    },
    async serviceAccounts() {
      const ids = new Set((await keysById(link, layout)).keys());
      const accounts: StoredServiceAccount[] = [];
      for (const id of ids) {
        const [label, keyLast4] = await Promise.all(
          ['label', 'keyLast4'].map((field) => link.call('HGET', layout.serviceAccount(id), field)),
        );
        accounts.push({
          id,
          label: typeof label === 'string' ? label : undefined,
          keyLast4: typeof keyLast4 === 'string' ? keyLast4 : undefined,
          roles: (await rolesAt(layout.roles('service-account', id))).map(placed),
        });
      }
      return accounts;
    },
    async createServiceAccount({ id, label, workspace, level, keySha256, keyLast4 }) {
      const about = layout.serviceAccount(id);
      // The first of two who make the same account at the same time.
      if ((await write('HSETNX', about, 'keySha256', keySha256)) === 0) {
        throw new AuthProxyError(
          'role-source',
          `service account \`${id}\` exists; choose another id, or revoke it first`,
        );
      }
      await write('HSET', about, 'keyLast4', keyLast4, ...(label === undefined ? [] : ['label', label]));
      await write('HSET', layout.roles('service-account', id), `workspace:${workspace}`, level);
      // Last: until now nobody can come with it.
      await write('SET', layout.serviceAccountKey(keySha256), id);
    },
    async revokeServiceAccount(id) {
      const keys = (await keysById(link, layout)).get(id) ?? [];
      let removed = 0;
      // The keys first: from then on nobody comes with them.
      for (const key of [...keys, layout.roles('service-account', id), layout.serviceAccount(id)]) {
        removed += await write('DEL', key);
      }
      return removed > 0;
    },
    close: link.close,
  };
}

async function connected(link: RedisLink, name: string): Promise<void> {
  const until = performance.now() + CONNECT_MS;
  for (;;) {
    try {
      await link.call('PING');
      return;
    } catch (error) {
      if (performance.now() < until) {
        await sleep(50);
        continue;
      }
      link.close();
      throw new AuthProxyError(
        'role-source',
        `role source \`${name}\` does not answer (${causeOf(error)}); check roles.sources`,
      );
    }
  }
}

/** Digest keys by the id they lead to. */
async function keysById(link: RedisLink, layout: KeyLayout): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const key of await all(link, layout.prefixes.serviceAccountKey)) {
    const id = await link.call('GET', key);
    if (typeof id === 'string') found.set(id, [...(found.get(id) ?? []), key]);
  }
  return found;
}

async function all(link: RedisLink, prefix: string): Promise<string[]> {
  const keys = new Set<string>();
  for await (const key of link.keys(prefix)) keys.add(key);
  return [...keys].sort();
}

function keyOf(layout: KeyLayout, { kind, name }: Holder): string {
  if (isSendable(name)) return layout.roles(kind, name);
  throw new AuthProxyError('role-source', `\`${name}\` is not well-formed Unicode; check the name`);
}

function fieldOf(place: RolePlace): string {
  switch (place.scope) {
    case 'SYSTEM':
      return 'system';
    case 'WORKSPACE':
      return `workspace:${place.id}`;
    case 'DEPLOYMENT':
      return `deployment:${place.id}`;
    default:
      return place satisfies never;
  }
}

function placed(binding: Binding): Pick<HeldRole, 'place' | 'level'> {
  const place: RolePlace =
    binding.scope === 'SYSTEM' ? { scope: binding.scope } : { scope: binding.scope, id: binding.id };
  return { place, level: binding.level };
}
