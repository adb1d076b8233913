import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { watchConfig } from '../../src/cli/compose/watch-config.js';
import { type LoadedConfig, loadConfig } from '../../src/config/load.js';

let folder: string;
let unwatch: () => void = () => {};
afterEach(() => {
  unwatch();
  rmSync(folder, { recursive: true, force: true });
});

/** What a kubelet does to a mounted ConfigMap: a new folder, then one rename of the link all files go through. */
function mount(version: number, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, `..v${version}`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `..v${version}`, name), text);
  symlinkSync(`..v${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (version > 1) return;
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(folder, name));
}

const GATEWAY = `
development: { issuer: true }
roles: { sources: [{ kind: file, path: ./directory.yaml }] }
forwardAuth: { sharedSecretFile: ./secret }
`;
const FILES = {
  'gateway.yaml': GATEWAY,
  'directory.yaml': 'workspaces: []\n',
  secret: 'the first of two secrets\n',
};

function begin(): { loaded: LoadedConfig; loads: string[] } {
  folder = mkdtempSync(join(tmpdir(), 'watch-config-'));
  mount(1, FILES);
  return { loaded: loadConfig({ file: join(folder, 'gateway.yaml') }), loads: [] };
}

async function watch(state: ReturnType<typeof begin>): Promise<void> {
  unwatch = await watchConfig({
    current: () => state.loaded,
    changed: async () => {
      state.loaded = loadConfig({ file: join(folder, 'gateway.yaml') });
      state.loads.push(state.loaded.config.forwardAuth?.sharedSecret ?? '');
    },
    pollMs: 10,
  });
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 150));
}

describe('watchConfig', () => {
  it('loads once when a mounted secret is swapped', async () => {
    const state = begin();
    await watch(state);
    mount(2, { ...FILES, secret: 'the second of two secrets\n' });
    await settle();
    expect(state.loads).toEqual(['the second of two secrets']);
  });

  it('stays with what it has when the swap brings the same content', async () => {
    const state = begin();
    await watch(state);
    mount(2, FILES);
    await settle();
    expect(state.loads).toEqual([]);
  });

  it('leaves the directory to its own watcher', async () => {
    const state = begin();
    await watch(state);
    mount(2, { ...FILES, 'directory.yaml': 'system: []\n' });
    await settle();
    expect(state.loads).toEqual([]);
  });

  it('follows a file that a reload brought in', async () => {
    const state = begin();
    await watch(state);
    const changed = GATEWAY.replace('./secret', './other');
    symlinkSync(join('..data', 'other'), join(folder, 'other'));
    mount(2, { ...FILES, 'gateway.yaml': changed, other: 'a secret in another file\n' });
    await settle();
    mount(3, { ...FILES, 'gateway.yaml': changed, other: 'changed once more, in there\n' });
    await settle();
    expect(state.loads.at(-1)).toBe('changed once more, in there');
  });

  it('stops when told', async () => {
    const state = begin();
    await watch(state);
    unwatch();
    mount(2, { ...FILES, secret: 'the second of two secrets\n' });
    await settle();
    expect(state.loads).toEqual([]);
  });
});
