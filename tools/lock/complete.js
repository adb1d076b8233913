// Completes package-lock.json where the registry at hand does not serve every platform's binary package.
//
// npm leaves out optional packages it gets no answer for, and then `npm ci` finds the lock file out of step on every
// machine. This adds what is missing from what their parents pin: version, and platform read out of the name. Such
// an entry has no integrity; it is only ever installed on its own platform.
//
// Usage: node tools/lock/complete.js [--check]
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'win32',
  'openharmony',
  'netbsd',
  'openbsd',
  'sunos',
  'aix',
];
const PROCESSORS = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  riscv64: 'riscv64',
  ppc64le: 'ppc64',
  ppc64: 'ppc64',
  s390x: 's390x',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
  arm: 'arm',
};

const file = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([place, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name, version]) => /^\d/.test(version) && !isThere(place, name))
    .map(([name, version]) => [`node_modules/${name}`, platformEntry(name, version, entry.dev === true)]),
);

if (process.argv.includes('--check')) {
  for (const [place] of missing)
    console.error(`${place} is not in package-lock.json; run node tools/lock/complete.js`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} else {
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
  packages.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.error(`${missing.length} entries added`);
}

/** Whether node would find the package from that place: there, or in a folder above. */
function isThere(place, name) {
  const parts = place === '' ? [] : place.split('/node_modules/');
  for (let depth = parts.length; depth >= 0; depth--) {
    const above = parts.slice(0, depth).join('/node_modules/');
    if (lock.packages[`${above === '' ? '' : `${above}/`}node_modules/${name}`] !== undefined) return true;
  }
  return false;
}

function platformEntry(name, version, dev) {
  const words = name.split('/').at(-1).split(/[-_]/);
  const processor = Object.keys(PROCESSORS).find((word) => words.includes(word));
  const system = SYSTEMS.find((word) => words.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return {
    version,
    ...(processor === undefined ? {} : { cpu: [PROCESSORS[processor]] }),
    ...(dev ? { dev: true } : {}),
    ...(system === 'linux' && libc !== undefined ? { libc: [libc] } : {}),
    optional: true,
    ...(system === undefined ? {} : { os: [system] }),
  };
}
