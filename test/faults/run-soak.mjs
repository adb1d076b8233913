// `npm run test:soak [-- --requests N --sockets N]`: the load tests with a million requests and ten thousand sockets.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    sockets: { type: 'string', default: '10000' },
  },
});
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--selectProjects=unit',
    '--testPathPatterns=test/faults/load',
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      AUTH_PROXY_SOAK_REQUESTS: values.requests,
      AUTH_PROXY_IDLE_SOCKETS: values.sockets,
    },
  },
);
process.exit(status ?? 1);
