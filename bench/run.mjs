// Requests a second of the gateway beside a bare proxy and the upstream itself. All take turns in one run, since only
// ratios of one run mean something. `npm run bench -- --seconds 5 --rounds 3 --connections 64`.
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'airflow-auth-proxy-bench-'));
const children = [];

function start(file, args = [], options = {}) {
  const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...options });
  children.push(child);
  return child;
}

const said = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)));
  });

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startGateway(upstream) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' };
  const [issuer, audience] = ['https://platform.example.com', 'airflow-auth-proxy'];
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [key] }));
  writeFileSync(
    join(folder, 'directory.yaml'),
    JSON.stringify({ workspaces: [{ id: 'team', label: 'Team', members: [{ user: 'eve', role: 'EDITOR' }] }] }),
  );
  const file = join(folder, 'gateway.yaml');
  const identity = { profile: 'airflow3-hs512', secret: 'b'.repeat(64), audience: 'apache-airflow' };
  writeFileSync(
    file,
    JSON.stringify({
      server: { listen: `127.0.0.1:${port}`, adminListen: `127.0.0.1:${adminPort}` },
      platform: { issuers: [{ issuer, audience: [audience], jwks: './jwks.json' }] },
      roles: { sources: [{ kind: 'file', path: './directory.yaml' }] },
      deployments: [{ id: 'bench', workspace: 'team', airflow: { version: '3.3', upstream, identity } }],
      audit: { path: './audit.ndjson' },
    }),
  );
  const child = start(here('../dist/main.js'), ['serve', '--config', file], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  for (let attempt = 0; ; attempt++) {
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`).then(({ ok }) => ok).catch(() => false);
    if (ready) break;
    if (attempt > 300) throw new Error('the gateway did not become ready');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('eve')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  return { origin: `http://127.0.0.1:${port}`, token, pid: child.pid };
}

/** Milliseconds of processor time a process has used; undefined where there is no /proc to ask. */
function cpuMsOf(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  // The command's name may hold spaces; fields 14 and 15 are user and system time in hundredths of a second.
  const fields = readFileSync(file, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

try {
  const upstreamChild = start(here('upstream.mjs'));
  const upstream = `http://127.0.0.1:${(await said(upstreamChild)).port}`;
  const bareChild = start(here('bare-proxy.mjs'), [upstream]);
  const bare = `http://127.0.0.1:${(await said(bareChild)).port}`;
  const gateway = await startGateway(upstream);
  const path = '/bench/airflow/api/v2/dags?limit=50';
  const headers = { authorization: `Bearer ${gateway.token}`, accept: 'application/json' };
  const contenders = [
    { name: 'upstream alone', origin: upstream, pid: upstreamChild.pid, path, headers, status: 200 },
    { name: 'bare node:http proxy', origin: bare, pid: bareChild.pid, path, headers, status: 200 },
    { name: 'gateway, allowed', origin: gateway.origin, pid: gateway.pid, path, headers, status: 200 },
    {
      name: 'gateway, denied and recorded',
      origin: gateway.origin,
      pid: gateway.pid,
      path: '/bench/airflow/api/v2/variables',
      headers,
      status: 403,
    },
  ].map((contender) => ({ ...contender, results: [] }));
  const load = {
    connections: Number(values.connections),
    warmUpMs: 1000,
    measureMs: Number(values.seconds) * 1000,
  };
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { results, name, pid, ...target } of contenders) {
      const cpuBefore = cpuMsOf(pid);
      const child = start(here('load.mjs'), [JSON.stringify({ ...load, ...target })]);
      const result = await said(child);
      if (result.wrong > 0) throw new Error(`${name}: ${result.wrong} answers were not ${target.status}`);
      const cpuMs = cpuMsOf(pid);
      const cpuUs = cpuMs === undefined ? Number.NaN : ((cpuMs - cpuBefore) * 1000) / result.total;
      results.push({ ...result, cpuUs });
    }
  }
  // Whatever else runs only adds processor time, so the least of all rounds is the nearest to the truth.
  const of = (results, key) => {
    const values = results.map((result) => result[key]);
    return key === 'cpuUs' ? Math.min(...values) : median(values);
  };
  const [, bareProxy] = contenders;
  const ratio = (results, key) => Number((of(results, key) / of(bareProxy.results, key)).toFixed(2));
  const lines = contenders.map(({ name, results }) => ({
    '': name,
    'requests/s': Math.round(of(results, 'requestsPerSecond')),
    'of bare proxy': ratio(results, 'requestsPerSecond'),
    'CPU µs a request': Math.round(of(results, 'cpuUs')),
    'times bare proxy': ratio(results, 'cpuUs'),
    'median ms': Number(of(results, 'medianMs').toFixed(2)),
    'p99 ms': Number(of(results, 'p99Ms').toFixed(2)),
  }));
  console.table(lines);
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
