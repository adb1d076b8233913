import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startAirflow } from '../../../src/cli/demo/start-airflow.js';
import { temporaryFolder, writeProgram } from './fake-programs.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SERVER = `require('http').createServer((request, response) => {
  response.end(request.url === '/demo/airflow/api/v2/version' ? JSON.stringify({ version: process.env.AIRFLOW__API__BASE_URL }) : '<html>');
}).listen(Number(process.argv[1]), '127.0.0.1')`;

/** An \`airflow\` that notes what it was asked to do; its API server is a few lines of Node. */
function installAirflow(apiServer: string): void {
  writeProgram(
    join(folder, 'venv', 'bin', 'airflow'),
    `echo "$1" >> "${join(folder, 'calls')}"
case "$1" in
api-server) ${apiServer};;
scheduler | dag-processor | triggerer) exec /bin/sleep 300;;
esac`,
  );
}

const start = () =>
  startAirflow({
    venv: join(folder, 'venv'),
    home: join(folder, 'home'),
    publicUrl: 'http://localhost:8084',
    basePath: '/demo/airflow',
    jwtSecret: 's'.repeat(64),
    environment: {},
    onProgress: () => undefined,
  });
const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').sort();

describe('startAirflow', () => {
  it('prepares the database once and starts all four programs each time', async () => {
    installAirflow(`exec "${process.execPath}" -e "${SERVER.replaceAll('"', '\\"')}" "$5"`);
    for (let round = 0; round < 2; round++) {
      const airflow = await start();
      const answer = await fetch(`${airflow.url}/demo/airflow/api/v2/version`);
      expect(await answer.json()).toEqual({ version: 'http://localhost:8084/demo/airflow' });
      await airflow.stop();
      await expect(fetch(airflow.url)).rejects.toThrow();
    }
    const programs = ['api-server', 'dag-processor', 'scheduler', 'triggerer'];
    expect(calls()).toEqual([...programs, ...programs, 'dags', 'db'].sort());
  });

  it('rejects with the log of a program that ends early, and ends the others', async () => {
    installAirflow('echo "address already in use"; exit 1');
    await expect(start()).rejects.toThrow(/airflow api-server ended with 1\n.*address already in use/s);
  });
});
