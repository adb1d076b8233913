// `node bench/roles/run.mjs [--rounds 10]`: how long a change made with a bare redis-cli takes to reach three gateways
// under load. Needs redis-server and a build (`npm run build`).
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const jest = [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--selectProjects=unit',
  '--testPathPatterns=test/redis/propagation',
];
const { status } = spawnSync(process.execPath, jest, {
  stdio: 'inherit',
  env: { ...process.env, AUTH_PROXY_BENCH_ROUNDS: values.rounds },
});
process.exit(status ?? 1);
