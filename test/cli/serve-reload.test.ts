import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { serve } from '../../src/cli/commands/serve.js';
import { mintToken } from '../../src/cli/commands/token-mint.js';
import { createLog } from '../../src/observe/log.js';

it('serves by a mounted secret as soon as the kubelet has swapped it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serve-reload-'));
  const door = await freePort();
  const gateway = `
server: { listen: 127.0.0.1:0, adminListen: 127.0.0.1:0, publicUrl: http://localhost:8084, stateDir: ${folder}/state }
development: { issuer: true }
roles: { sources: [{ kind: claims }] }
deployments:
  - { id: demo, workspace: w, airflow: { version: "3.3", upstream: "http://127.0.0.1:9", anonymous: [health], identity: { profile: none } } }
forwardAuth: { listen: 127.0.0.1:${door}, peers: [192.0.2.0/24], sharedSecretFile: ./secret }
audit: { path: ${folder}/audit.ndjson }
`;
  const mount = (version: number, secret: string) => {
    mkdirSync(join(folder, `..v${version}`));
    writeFileSync(join(folder, `..v${version}`, 'gateway.yaml'), gateway);
    writeFileSync(join(folder, `..v${version}`, 'secret'), secret);
    symlinkSync(`..v${version}`, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  mount(1, 'the first of two secrets');
  for (const name of ['gateway.yaml', 'secret']) symlinkSync(join('..data', name), join(folder, name));

  const file = join(folder, 'gateway.yaml');
  const token = await mintToken({ config: file, user: 'ada', ttlSeconds: 60 });
  const running = await serve(file, createLog({ level: 'error', destination: { write: () => {} } }));
  const ask = async (secret: string) => {
    const headers = {
      'X-Auth-Proxy-Secret': secret,
      'X-Original-Method': 'GET',
      'X-Original-URL': 'http://localhost:8084/demo/airflow/api/v2/monitor/health',
      Authorization: `Bearer ${token}`,
    };
    return (await fetch(`http://127.0.0.1:${door}/nginx`, { headers })).status;
  };
  try {
    expect([await ask('the first of two secrets'), await ask('the second of two secrets')]).toEqual([
      200, 403,
    ]);
    mount(2, 'the second of two secrets');
    for (let tries = 0; (await ask('the second of two secrets')) !== 200; tries++) {
      if (tries > 80) throw new Error('the new secret was not taken in 8 seconds');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await ask('the first of two secrets')).toBe(403);
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 20_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
