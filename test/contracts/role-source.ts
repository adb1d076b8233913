import { describe, expect, it } from '@jest/globals';
import type { Binding, RoleSource } from '../../src/domain/binding.js';
import type { Authenticated } from '../../src/domain/identity.js';
import type { Principal } from '../../src/domain/principal.js';

/** What a source is to know, without saying how it stores it. */
export interface Grant {
  readonly to: { readonly user: string } | { readonly group: string } | { readonly serviceAccount: string };
  readonly binding: WithoutSource<Binding>;
}

type WithoutSource<B> = B extends Binding ? Omit<B, 'source'> : never;

/** One implementation, loaded with the grants. */
export interface RoleSourceHarness {
  readonly source: RoleSource;
  /** A caller as this source would meet it; a source that reads claims puts them here. */
  caller(principal: Principal): Authenticated;
  /** Makes the source unable to answer; absent where it has nothing that could fail. */
  readonly takeDown?: () => void | Promise<void>;
  readonly close?: () => void | Promise<void>;
}

export interface RoleSourceCapabilities {
  /** Knows groups and service accounts of its own. */
  readonly names: 'users' | 'users, groups and service accounts';
}

export function user(id: string, groups: readonly string[] = []): Principal {
  return { kind: 'user', id, email: undefined, name: undefined, groups };
}

export function serviceAccount(id: string): Principal {
  return { kind: 'service-account', id, email: undefined, name: undefined, groups: [] };
}

export function callerOf(principal: Principal, claims: Record<string, unknown> = {}): Authenticated {
  return {
    kind: 'authenticated',
    principal,
    credential: principal.kind === 'user' ? 'bearer' : 'service-account-key',
    claims,
    expiresAt: undefined,
  };
}

const GRANTS: readonly Grant[] = [
  { to: { user: 'root' }, binding: { scope: 'SYSTEM', level: 'ADMIN' } },
  { to: { user: 'eve' }, binding: { scope: 'WORKSPACE', id: 'data-team', level: 'EDITOR' } },
  { to: { user: 'eve' }, binding: { scope: 'WORKSPACE', id: 'ml-team', level: 'VIEWER' } },
  { to: { user: 'eve' }, binding: { scope: 'DEPLOYMENT', id: 'quasar-1', level: 'ADMIN' } },
  { to: { user: '__proto__' }, binding: { scope: 'WORKSPACE', id: '__proto__', level: 'VIEWER' } },
  { to: { group: 'analysts' }, binding: { scope: 'WORKSPACE', id: 'data-team', level: 'VIEWER' } },
  { to: { serviceAccount: 'ci' }, binding: { scope: 'WORKSPACE', id: 'data-team', level: 'EDITOR' } },
];

/** The laws of the `RoleSource` port; run it against every implementation. */
export function describeRoleSource(
  name: string,
  capabilities: RoleSourceCapabilities,
  create: (grants: readonly Grant[]) => RoleSourceHarness | Promise<RoleSourceHarness>,
): void {
  async function ask(principal: Principal, signal: AbortSignal = new AbortController().signal) {
    const harness = await create(GRANTS);
    try {
      return {
        answer: await harness.source.find(harness.caller(principal), signal),
        name: harness.source.name,
      };
    } finally {
      await harness.close?.();
    }
  }

  async function found(principal: Principal): Promise<string[]> {
    const { answer, name: source } = await ask(principal);
    if (answer.kind !== 'found') throw new Error(`not found: ${answer.cause}`);
    return answer.bindings
      .map((binding) => {
        expect(binding.source).toBe(source);
        return `${binding.scope}${'id' in binding ? `:${binding.id}` : ''}=${binding.level}`;
      })
      .sort();
  }

  describe(`role source ${name}`, () => {
    it('gives every binding of a person, whatever it reaches', async () => {
      expect(await found(user('eve'))).toEqual([
        'DEPLOYMENT:quasar-1=ADMIN',
        'WORKSPACE:data-team=EDITOR',
        'WORKSPACE:ml-team=VIEWER',
      ]);
    });

    it('gives a binding for the whole system', async () => {
      expect(await found(user('root'))).toEqual(['SYSTEM=ADMIN']);
    });

    it('says when it knew', async () => {
      const before = Date.now() - 1000;
      const { answer } = await ask(user('eve'));
      expect(answer.kind === 'found' && answer.asOf >= before && answer.asOf <= Date.now()).toBe(true);
    });

    it.each([
      'nobody',
      'EVE',
      'eve ',
      ' eve',
      'ev',
      'constructor',
      'toString',
      'hasOwnProperty',
      '*',
      'eve:x',
      '',
    ])('answers with no bindings for the unknown person `%s`', async (id) => {
      expect(await found(user(id))).toEqual([]);
    });

    it('treats __proto__ as a name like any other', async () => {
      expect(await found(user('__proto__'))).toEqual(['WORKSPACE:__proto__=VIEWER']);
    });

    it("does not give a service account's roles to a person of its name, nor the other way round", async () => {
      expect(await found(user('ci'))).toEqual([]);
      expect(await found(user('service-account:ci'))).toEqual([]);
      expect(await found(serviceAccount('eve'))).toEqual([]);
      expect(await found(serviceAccount('root'))).toEqual([]);
    });

    it('does not reject when nobody waits any longer', async () => {
      const { answer } = await ask(user('eve'), AbortSignal.abort());
      expect(['found', 'unavailable']).toContain(answer.kind);
    });

    if (capabilities.names === 'users, groups and service accounts') {
      it('joins the bindings of all groups of a person, each group once', async () => {
        expect(await found(user('nobody', ['analysts', 'other', 'analysts']))).toEqual([
          'WORKSPACE:data-team=VIEWER',
        ]);
        expect(await found(user('root', ['analysts']))).toEqual([
          'SYSTEM=ADMIN',
          'WORKSPACE:data-team=VIEWER',
        ]);
      });

      it('gives a service account its role at its Workspace', async () => {
        expect(await found(serviceAccount('ci'))).toEqual(['WORKSPACE:data-team=EDITOR']);
      });
    }

    it('is unavailable, not empty, when it cannot answer', async () => {
      const harness = await create(GRANTS);
      try {
        if (harness.takeDown === undefined) return;
        await harness.takeDown();
        const answer = await harness.source.find(harness.caller(user('eve')), new AbortController().signal);
        expect(answer).toEqual({
          kind: 'unavailable',
          source: harness.source.name,
          cause: expect.any(String),
        });
      } finally {
        await harness.close?.();
      }
    });
  });
}
