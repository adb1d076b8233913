// `npm run fuzz -- --minutes 30 [--seed N]`: the differential test for as long as it is told to run.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const jest = [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--selectProjects=unit',
  '--testPathPatterns=test/differential',
];
const { status } = spawnSync(process.execPath, jest, {
  stdio: 'inherit',
  env: {
    ...process.env,
    AUTH_PROXY_DIFFERENTIAL: '1',
    AUTH_PROXY_FUZZ_MINUTES: values.minutes,
    ...(values.seed === undefined ? {} : { AUTH_PROXY_FUZZ_SEED: values.seed }),
  },
});
process.exit(status ?? 1);
