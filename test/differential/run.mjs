// `npm run test:differential` judges a fixed number of requests; `npm run fuzz -- --minutes 30 [--seed N]` goes on
// for as long as it is told to.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '0' }, seed: { type: 'string' }, cases: { type: 'string' }, report: { type: 'string' } },
});
const jest = [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--selectProjects=unit',
  '--testPathPatterns=test/differential',
  ...(values.report === undefined ? [] : ['--json', `--outputFile=${values.report}`]),
];
const { status } = spawnSync(process.execPath, jest, {
  stdio: 'inherit',
  env: {
    ...process.env,
    AUTH_PROXY_DIFFERENTIAL: '1',
    AUTH_PROXY_FUZZ_MINUTES: values.minutes,
    ...(values.seed === undefined ? {} : { AUTH_PROXY_FUZZ_SEED: values.seed }),
    ...(values.cases === undefined ? {} : { AUTH_PROXY_FUZZ_CASES: values.cases }),
  },
});
process.exit(status ?? 1);
