import { execFile } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startStandIn } from '../../src/cli/demo/stand-in.js';
import {
  createGatewaySite,
  type GatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import { PROJECT_FOLDER } from './fixtures/paths.js';
import { waitUntil } from './fixtures/ready.js';

const run = promisify(execFile);
const PATH = '/quasarian-sun-1234/airflow';
const SECRET = 's'.repeat(64);
jest.setTimeout(60_000);

let site: GatewaySite;
let gateway: RunningGateway;
let standIn: Awaited<ReturnType<typeof startStandIn>>;

beforeAll(async () => {
  site = await createGatewaySite();
  standIn = await startStandIn({ basePath: PATH, jwtSecret: SECRET });
  const identity = {
    profile: 'airflow3-hs512',
    secretFile: site.write('secret', SECRET),
    audience: 'apache-airflow',
  };
  const airflow = { version: '3.3', upstream: standIn.url, path: PATH, identity };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [{ id: 'quasarian-sun-1234', workspace: 'data-team', airflow }],
  });
  gateway = await startGateway(site);
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await standIn?.stop();
});

const ask = (token: string) =>
  fetch(`${site.publicUrl}${PATH}/api/v2/dags`, { headers: { authorization: `Bearer ${token}` } });

/** Exit code and everything the command printed. */
async function main(...args: string[]): Promise<{ code: number; output: string }> {
  return run(process.execPath, [join(PROJECT_FOLDER, 'dist', 'main.js'), ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

describe('a broken configuration', () => {
  it('is told of all its faults at once, each with file and line', async () => {
    const text = readFileSync(site.configFile, 'utf8')
      .replace('"3.3"', 'three')
      .replace('profile: airflow3-hs512', 'profile: airflow3-hs521')
      .replace('record: all', 'recrod: all');
    const file = site.write('broken.yaml', text);
    const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;
    const { code, output } = await main('check', '--config', file);
    expect(code).toBe(1);
    for (const part of ['three', 'airflow3-hs521', 'recrod']) {
      expect(output).toMatch(new RegExp(`^${file}:${lineOf(part)} .*${part}`, 'm'));
    }
  });

  it.each([
    { name: 'the secret', from: 'secretFile: ', to: 'secretFile: /absent' },
    { name: 'the key set of an issuer', from: 'jwks: ', to: 'jwks: /absent' },
  ])('is told which file is missing: $name', async ({ from, to }) => {
    const text = readFileSync(site.configFile, 'utf8').replace(from, to);
    const file = site.write('missing.yaml', text);
    const { code, output } = await main('check', '--config', file);
    expect(code).toBe(1);
    expect(output).toMatch(/missing\.yaml:\d+ .*\/absent/);
    const serve = await main('serve', '--config', file);
    expect(serve.code).toBe(1);
    expect(serve.output).toContain('/absent');
  });

  it('is not taken over by a running gateway, which says so', async () => {
    const good = readFileSync(site.configFile, 'utf8');
    writeFileSync(site.configFile, `${good}\nnobodyKnowsThis: true\n`);
    gateway.process.signal('SIGHUP');
    await waitUntil('a log line about it', 15_000, async () =>
      gateway.logs().some((line) => JSON.stringify(line).includes('nobodyKnowsThis')),
    );
    expect((await ask(await site.platform.mint('vic'))).status).toBe(200);
    writeFileSync(site.configFile, good);
  });
});

describe('a broken directory', () => {
  it('keeps the old one, and the next good one counts', async () => {
    const good = readFileSync(site.directoryFile, 'utf8');
    appendFileSync(site.directoryFile, '\nnobody: [knows this\n');
    await sleep(3_000);
    expect((await ask(await site.platform.mint('vic'))).status).toBe(200);
    expect(gateway.logs().some((line) => JSON.stringify(line).includes('directory.yaml'))).toBe(true);
    writeFileSync(site.directoryFile, good.replace('user: vic', 'user: victoria'));
    await waitUntil(
      'the changed directory to count',
      15_000,
      async () => (await ask(await site.platform.mint('vic'))).status === 403,
    );
    writeFileSync(site.directoryFile, good);
    await waitUntil(
      'the old directory to count again',
      15_000,
      async () => (await ask(await site.platform.mint('vic'))).status === 200,
    );
  });
});

describe('a broken token', () => {
  const lastError = async () => {
    const before = gateway.auditRecords().length;
    return async () => {
      await waitUntil('the audit record', 10_000, async () => gateway.auditRecords().length > before);
      return (gateway.auditRecords().at(-1)?.auth_proxy as Record<string, unknown> | undefined)
        ?.credential_error;
    };
  };

  it.each([
    { name: 'garbage', token: async () => 'not.a.token', error: 'malformed' },
    {
      name: 'a changed signature',
      token: async () => tampered(await site.platform.mint('ada')),
      error: 'bad-signature',
    },
    { name: 'an expired one', token: () => site.platform.mint('ada', { ttlSeconds: -60 }), error: 'expired' },
    {
      name: 'another audience',
      token: () => site.platform.mint('ada', { audience: 'somebody-else' }),
      error: 'wrong-audience',
    },
    {
      name: 'an issuer nobody knows',
      token: () => site.platform.mint('ada', { issuer: 'https://evil.example' }),
      error: 'unknown-issuer',
    },
  ])('is refused, and the reason is in the audit trail alone: $name', async ({ token, error }) => {
    const reason = await lastError();
    const answer = await ask(await token());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-auth-proxy-reason')).toBe('bad-credential');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await answer.text()).not.toContain(error);
    expect(await reason()).toBe(error);
  });
});

function tampered(token: string): string {
  const [head, payload, signature = ''] = token.split('.');
  const flipped = signature.startsWith('A') ? 'B' : 'A';
  return `${head}.${payload}.${flipped}${signature.slice(1)}`;
}
