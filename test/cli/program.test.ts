import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { run } from '../../src/cli/program.js';
import { createFiles, DIRECTORY, GATEWAY } from './commands/fixture.js';

const write = createFiles();
write('directory.yaml', DIRECTORY);
const config = write('gateway.yaml', GATEWAY);
const broken = write('broken.yaml', GATEWAY.replace('upstream: http://127.0.0.1:8081', 'upstream: 7'));
const log = write('access.log', '::1 - - [t] "GET /sun/airflow/api/v2/dags HTTP/1.1" 200 1\n');
const routes = write('routes.json', '[{"methods":["GET"],"path":"/no/such"}]');

let out = '';
let err = '';

beforeEach(() => {
  [out, err] = ['', ''];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const cli = (...args: readonly string[]) => run(['node', 'airflow-auth-proxy', ...args]);
const EXPLAIN = ['explain', '--config', config, '--deployment', 'sun', '--role', 'VIEWER'] as const;

describe('the command line', () => {
  it.each([
    { name: 'an allowed request', args: [...EXPLAIN, 'GET', '/api/v2/dags'], said: 'permission-held' },
    {
      name: 'a denied request',
      args: [...EXPLAIN, 'GET', '/api/v2/variables'],
      said: 'insufficient-permission',
    },
    { name: 'an unknown route', args: ['matrix', '--airflow', '3.3', '--routes', routes], said: '1 unknown' },
    { name: 'a sound configuration', args: ['check', '--config', config], said: 'configuration is valid' },
    {
      name: 'a log',
      args: ['replay', '--config', config, '--role', 'VIEWER', log],
      said: '1 request judged',
    },
    { name: 'a call for help', args: ['matrix', '--help'], said: '--routes' },
  ])('ends with 0 for $name', async ({ args, said }) => {
    expect(await cli(...args)).toBe(0);
    expect(out).toContain(said);
  });

  it.each([
    { name: 'an unknown command', args: ['explode'], said: 'unknown command' },
    { name: 'a missing option', args: ['explain', 'GET', '/'], said: '--config' },
    { name: 'a role that is none', args: [...EXPLAIN.slice(0, -1), 'BOSS', 'GET', '/'], said: 'role `BOSS`' },
    {
      name: 'a service that is none',
      args: [...EXPLAIN, '--service', 'hue', 'GET', '/'],
      said: 'write airflow or flower',
    },
    {
      name: 'a broken configuration',
      args: ['explain', '--config', broken, '--deployment', 'sun', '--role', 'VIEWER', 'GET', '/'],
      said: 'broken.yaml:',
    },
    { name: 'no version', args: ['matrix'], said: 'no version was given' },
    {
      name: 'a format that is none',
      args: ['matrix', '--airflow', '3.3', '--format', 'xml'],
      said: 'table, markdown, csv, json',
    },
    {
      name: 'two formats',
      args: ['matrix', '--airflow', '3.3', '--json', '--format', 'csv'],
      said: 'cannot be used with',
    },
    { name: 'an access log without a role', args: ['replay', '--config', config, log], said: 'add --role' },
    {
      name: 'a log that is not there',
      args: ['replay', '--config', config, '/no/such'],
      said: 'cannot be read',
    },
  ])('ends with 1 for $name', async ({ args, said }) => {
    expect(await cli(...args)).toBe(1);
    expect(err).toContain(said);
    expect(out).toBe('');
  });

  it('ends with 1 for a configuration with faults, and prints them', async () => {
    expect(await cli('check', '--config', broken)).toBe(1);
    expect(`${out}${err}`).toMatch(/broken\.yaml:\d+ .*upstream/);
  });

  it.each([
    {
      args: [...EXPLAIN, '--json', 'GET', '/'],
      keys: ['decision', 'reason', 'status', 'rule', 'permission', 'role', 'grantedBy'],
    },
    {
      args: ['replay', '--config', config, '--role', 'VIEWER', '--json', log],
      keys: ['requests', 'others', 'unreadable', 'decisions', 'differing', 'differences', 'notListed'],
    },
  ])('prints one JSON object and nothing else: $args.0', async ({ args, keys }) => {
    expect(await cli(...args)).toBe(0);
    expect(Object.keys(JSON.parse(out))).toEqual(keys);
    expect(err).toBe('');
  });

  it('prints the matrix as one JSON list, and a warning beside it', async () => {
    expect(await cli('matrix', '--airflow', '3.99', '--json')).toBe(0);
    expect(JSON.parse(out).length).toBeGreaterThan(100);
    expect(err).toContain('was not checked against airflow 3.99');
  });
});
