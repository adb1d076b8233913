// `npm run test:saboteurs [-- id …]`: makes each mistake of saboteurs.yaml in a copy and expects its test to fail.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const project = resolve(import.meta.dirname, '../..');
const saboteurs = parse(readFileSync(join(import.meta.dirname, 'saboteurs.yaml'), 'utf8'));
const wanted = process.argv.slice(2);
const chosen = saboteurs.filter(({ id }) => wanted.length === 0 || wanted.includes(id));

const copy = mkdtempSync(join(tmpdir(), 'airflow-auth-proxy-saboteurs-'));
const parts = ['src', 'test', 'config', 'dist', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
for (const part of parts) cpSync(join(project, part), join(copy, part), { recursive: true });
symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));

const alive = [];
/** Whether each test passes as things are. */
const unspoilt = new Map();
try {
  for (const saboteur of chosen) {
    const survived = !isKilled(saboteur);
    if (survived) alive.push(saboteur.id);
    process.stdout.write(`${survived ? 'ALIVE ' : 'killed'} ${saboteur.id} (${saboteur.test})\n`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(`${chosen.length - alive.length} of ${chosen.length} killed\n`);
process.exit(alive.length === 0 ? 0 : 1);

function isKilled({ file, find, replace, test, name }) {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  // A test that fails as it is would notice anything.
  if (!passesUnspoilt(test, name)) throw new Error(`\`${test}\` (${name ?? 'all of it'}) fails without any mistake`);
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    // The product is built anew, wrong types and all, for the tests that run it.
    if (test.startsWith('test/attacks')) run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json']);
    const result = runTest(test, name);
    // Killed means that a test failed, not that none was found or the file did not load.
    return result.status !== 0 && /^Tests:.* failed/m.test(result.stderr);
  } finally {
    writeFileSync(path, original);
    if (test.startsWith('test/attacks')) {
      cpSync(join(project, 'dist'), join(copy, 'dist'), { recursive: true, force: true });
    }
  }
}

function passesUnspoilt(test, name) {
  const key = `${test} ${name ?? ''}`;
  if (!unspoilt.has(key)) {
    const result = runTest(test, name);
    unspoilt.set(key, result.status === 0 && /^Tests:.* passed/m.test(result.stderr));
  }
  return unspoilt.get(key);
}

function runTest(test, name) {
  return run(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--selectProjects=unit',
    '--forceExit',
    `--testPathPatterns=${test}`,
    ...(name === undefined ? [] : ['--testNamePattern', name]),
  ]);
}

function run(command, args) {
  return spawnSync(command, args, { cwd: copy, encoding: 'utf8', timeout: 120_000 });
}
