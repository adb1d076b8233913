import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openKeyRing } from '../../src/identity/key-ring.js';
import { PUBLISH_LEAD_MS, RETIRE_AFTER_MS } from '../../src/identity/key-schedule.js';
import { ringPath } from '../../src/identity/ring-file.js';
import { rotateKeyRing } from '../../src/identity/rotate.js';

let folder: string;
let nowMs: number;
const now = () => nowMs;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ring-'));
  nowMs = Date.parse('2026-01-01T00:00:00Z');
});
afterEach(() => rm(folder, { recursive: true }));

describe('openKeyRing', () => {
  it.each([
    ['rsa', 'RS256'],
    ['ed25519', 'EdDSA'],
  ] as const)(
    'makes a key of type %s once, for its owner alone, and signs with it at once',
    async (type, algorithm) => {
      const state = join(folder, 'state');
      const made = await openKeyRing(state, type, now);
      expect(made.signing().algorithm).toBe(algorithm);
      expect((await openKeyRing(state, type, now)).signing().kid).toBe(made.signing().kid);
      expect([(await stat(ringPath(state, type))).mode & 0o777, (await stat(state)).mode & 0o777]).toEqual([
        0o600, 0o700,
      ]);
    },
  );

  it('gives all that start at once the same key and leaves nothing behind', async () => {
    const rings = await Promise.all(Array.from({ length: 6 }, () => openKeyRing(folder, 'ed25519', now)));
    expect(new Set(rings.map((ring) => ring.signing().kid)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['signing-keys-ed25519.json']);
  });

  it('names the folder and the remedy where no key can be kept', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'a file, not a folder');
    await expect(openKeyRing(file, 'rsa', now)).rejects.toThrow(/`server.stateDir`/);
  });

  it.each([
    'broken',
    '{"keys":[]}',
    '{"keys":[{"pem":"top-secret"}]}',
    '{"keys":[{"pem":"top-secret","publishedAt":"2026-01-01T00:00:00Z"}]}',
  ])('does not replace what it cannot read, and does not quote it: %s', async (content) => {
    await writeFile(ringPath(folder, 'rsa'), content);
    const opening = openKeyRing(folder, 'rsa', now);
    await expect(opening).rejects.toMatchObject({ code: 'config' });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('top-secret') });
  });
});

describe('rotateKeyRing', () => {
  it('publishes the new key, signs with it when every upstream has read it, then lets the old one go', async () => {
    const ring = await openKeyRing(folder, 'ed25519', now);
    const old = ring.signing().kid;
    nowMs += 60_000;
    const { kid, signsFromMs } = await rotateKeyRing(folder, 'ed25519', { immediately: false, now });
    expect(signsFromMs).toBe(nowMs + PUBLISH_LEAD_MS);
    const kids = () => ring.published().map((key) => key.kid);

    nowMs += 5000;
    await ring.refresh();
    expect([ring.signing().kid, kids()]).toEqual([old, [old, kid]]);
    nowMs = signsFromMs - 1;
    expect(ring.signing().kid).toBe(old);
    nowMs = signsFromMs;
    expect([ring.signing().kid, kids()]).toEqual([kid, [old, kid]]);
    nowMs += RETIRE_AFTER_MS;
    expect(kids()).toEqual([kid]);
  });

  it('drops the old key at once when told to', async () => {
    const ring = await openKeyRing(folder, 'ed25519', now);
    const { kid } = await rotateKeyRing(folder, 'ed25519', { immediately: true, now });
    nowMs += 5000;
    await ring.refresh();
    expect([ring.signing().kid, ring.published().map((key) => key.kid)]).toEqual([kid, [kid]]);
  });

  it('leaves what is retired out of the file', async () => {
    await openKeyRing(folder, 'ed25519', now);
    for (let i = 0; i < 3; i++) {
      await rotateKeyRing(folder, 'ed25519', { immediately: false, now });
      nowMs += PUBLISH_LEAD_MS + RETIRE_AFTER_MS;
    }
    const ring = await openKeyRing(folder, 'ed25519', now);
    expect(ring.published()).toHaveLength(1);
  });

  it('keeps the keys in force when the file is broken under it', async () => {
    const ring = await openKeyRing(folder, 'ed25519', now);
    const { kid } = ring.signing();
    await writeFile(ringPath(folder, 'ed25519'), 'broken');
    nowMs += 5000;
    await ring.refresh();
    expect(ring.signing().kid).toBe(kid);
  });

  it('does not run twice at once', async () => {
    await openKeyRing(folder, 'ed25519', now);
    await writeFile(`${ringPath(folder, 'ed25519')}.lock`, '');
    await expect(rotateKeyRing(folder, 'ed25519', { immediately: false, now })).rejects.toThrow(
      /wait for the other rotation/,
    );
  });
});
