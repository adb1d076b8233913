import { describe, expect, it } from '@jest/globals';
import { createKeyLayout } from '../../../src/directory/redis/keys.js';
import type { RedisLink } from '../../../src/directory/redis/link.js';
import { createRevocationMirror, createRevocationsUnion } from '../../../src/directory/redis/revocations.js';
import { CUT_OFF, type Epoch } from '../../../src/directory/redis/tracker.js';

const EVE = { kind: 'user', subject: 'eve', jti: 't1', iat: 1000 } as const;
const tick = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

/** A Redis of one Map, that can be told to fail. */
function linkOf(data: Map<string, string>) {
  const state = { away: false, reads: 0, gate: Promise.resolve() };
  const answer = async (key: string) => {
    state.reads++;
    await state.gate;
    if (state.away) throw new Error('away');
    return data.get(key) ?? null;
  };
  const link: RedisLink = {
    call: (_command, key = '') => answer(key),
    async *keys(prefix) {
      if (state.away) throw new Error('away');
      yield* [...data.keys()].filter((key) => key.startsWith(prefix));
    },
    nodes: () => [],
    onNodes: () => {},
    close: () => {},
  };
  return { link, state };
}

function mirrorOf(data: Map<string, string>, fields: { maxStaleMs?: number } = {}) {
  const { link, state } = linkOf(data);
  const epochs: { current: Epoch } = { current: CUT_OFF };
  const mirror = createRevocationMirror({
    link,
    layout: createKeyLayout('p:'),
    epoch: () => epochs.current,
    maxStaleMs: fields.maxStaleMs ?? 60_000,
    onRead: () => {},
  });
  return { mirror, state, epochs };
}

describe('createRevocationMirror', () => {
  it('knows nobody until it was loaded', async () => {
    const { mirror } = mirrorOf(new Map());
    expect(mirror.check(EVE)).toBe('unknown');
    mirror.reload();
    await tick();
    expect(mirror.check(EVE)).toBe('valid');
    mirror.close();
  });

  it('loses no change that comes while the list is read', async () => {
    const data = new Map([['p:revoked:jti:other', '1']]);
    const { mirror, state } = mirrorOf(data);
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    mirror.reload();
    await tick();
    data.set('p:revoked:jti:t1', '1');
    mirror.touch(['p:revoked:jti:t1', 'p:roles:user:eve']);
    open();
    await tick();
    expect(mirror.check(EVE)).toBe('revoked');
    expect(mirror.size).toBe(2);
    mirror.close();
  });

  it('does not vouch for somebody whose change it cannot read, and does for others', async () => {
    const { mirror, state } = mirrorOf(new Map());
    mirror.reload();
    await tick();
    state.away = true;
    mirror.touch(['p:revoked:user:eve']);
    await tick(600);
    expect(mirror.check(EVE)).toBe('unknown');
    expect(mirror.check({ ...EVE, subject: 'ada' })).toBe('valid');
    mirror.close();
  });

  it('stays in force while nothing can be read, and knows nobody when it is too old', async () => {
    const { mirror, state } = mirrorOf(new Map([['p:revoked:jti:t1', '1']]), { maxStaleMs: 150 });
    mirror.reload();
    await tick();
    state.away = true;
    expect(mirror.check({ ...EVE, jti: 't2' })).toBe('valid');
    await tick(200);
    expect(mirror.check({ ...EVE, jti: 't2' })).toBe('unknown');
    expect(mirror.check(EVE)).toBe('revoked');
    mirror.close();
  });
});

describe('createRevocationsUnion', () => {
  const list = (answer: 'valid' | 'revoked' | 'unknown') => ({ check: () => answer });

  it.each([
    [['valid', 'valid'], 'valid'],
    [['valid', 'revoked'], 'revoked'],
    [['unknown', 'revoked'], 'revoked'],
    [['valid', 'unknown'], 'unknown'],
  ] as const)('joins %j', (answers, expected) => {
    expect(createRevocationsUnion(answers.map(list))?.check(EVE)).toBe(expected);
  });

  it('is no list where there is none', () => {
    expect(createRevocationsUnion([])).toBeUndefined();
  });
});
