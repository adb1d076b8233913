import { describe, expect, it, jest } from '@jest/globals';
import { createBindingsResolver } from '../../src/directory/union.js';
import type { Binding, RoleSource } from '../../src/domain/binding.js';
import { callerOf, user } from '../contracts/role-source.js';

const caller = callerOf(user('ada'));

function source(name: string, find: RoleSource['find']): RoleSource {
  return { name, find };
}

function answering(name: string, ...bindings: Binding[]): RoleSource {
  return source(name, async () => ({ kind: 'found', bindings, asOf: 0 }));
}

const EDITOR: Binding = { scope: 'WORKSPACE', id: 'data-team', level: 'EDITOR', source: 'a' };
const ADMIN: Binding = { scope: 'SYSTEM', level: 'ADMIN', source: 'b' };

describe('createBindingsResolver', () => {
  it('joins what all sources say', async () => {
    const resolve = createBindingsResolver([answering('a', EDITOR), answering('b', ADMIN), answering('c')], {
      timeoutMs: 1000,
    });
    expect(await resolve(caller)).toEqual({ bindings: [EDITOR, ADMIN], unavailable: [] });
  });

  it('names a source that gave its last word only', async () => {
    const old = source('a', async () => ({ kind: 'found', bindings: [EDITOR], asOf: 0, stale: true }));
    const resolve = createBindingsResolver([old, answering('b', ADMIN)], { timeoutMs: 1000 });
    expect(await resolve(caller)).toEqual({ bindings: [EDITOR, ADMIN], unavailable: [], stale: ['a'] });
  });

  it.each<[string, RoleSource['find']]>([
    ['says so', async () => ({ kind: 'unavailable', source: 'b', cause: 'away' })],
    ['rejects', () => Promise.reject(new Error('boom'))],
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['never answers', () => new Promise(() => {})],
  ])('names a source that %s as unavailable and keeps the others', async (_name, find) => {
    const resolve = createBindingsResolver([answering('a', EDITOR), source('b', find)], { timeoutMs: 20 });
    expect(await resolve(caller)).toEqual({ bindings: [EDITOR], unavailable: ['b'] });
  });

  it('asks all sources at the same time and tells a late one that nobody waits', async () => {
    const started: string[] = [];
    const aborted: string[] = [];
    const slow = (name: string) =>
      source(name, (_caller, signal) => {
        started.push(name);
        signal.addEventListener('abort', () => aborted.push(name));
        return new Promise(() => {});
      });
    const resolve = createBindingsResolver([slow('a'), slow('b')], { timeoutMs: 20 });
    const pending = resolve(caller);
    expect(started).toEqual(['a', 'b']);
    expect((await pending).unavailable).toEqual(['a', 'b']);
    expect(aborted).toEqual(['a', 'b']);
  });

  it('reports every answer', async () => {
    const onAnswer = jest.fn();
    await createBindingsResolver([answering('a')], { timeoutMs: 20, onAnswer })(caller);
    expect(onAnswer.mock.calls).toEqual([['a', { kind: 'found', bindings: [], asOf: 0 }]]);
  });

  it('does not accept no source, nor two of one name', () => {
    expect(() => createBindingsResolver([], { timeoutMs: 1 })).toThrow(/no role source/);
    expect(() => createBindingsResolver([answering('a'), answering('a')], { timeoutMs: 1 })).toThrow(
      /`a` is listed twice/,
    );
  });
});
