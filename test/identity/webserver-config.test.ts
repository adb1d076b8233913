import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { NATIVE_ROLES } from '../../src/domain/role.js';
import { ASSERTION_ISSUER } from '../../src/identity/airflow2.js';
import { LIFE_SECONDS } from '../../src/identity/minted.js';

const PATH = fileURLToPath(new URL('../../config/airflow/webserver_config.py', import.meta.url));
const SOURCE = readFileSync(PATH, 'utf8');
const PYTHON = spawnSync('python3', ['--version']).status === 0;

function constant(name: string): string {
  const value = new RegExp(`^${name} = (.+)$`, 'm').exec(SOURCE)?.[1];
  if (value === undefined) throw new Error(`webserver_config.py has no constant ${name}`);
  return value;
}

describe('config/airflow/webserver_config.py', () => {
  it('expects the issuer the airflow2 profile signs as', () => {
    expect(constant('ISSUER')).toBe(`"${ASSERTION_ISSUER}"`);
  });

  it('knows exactly the stock roles', () => {
    const roles = [...constant('STOCK_ROLES').matchAll(/"(\w+)"/g)].map((match) => match[1]);
    expect(roles.sort()).toEqual([...NATIVE_ROLES].sort());
  });

  it('accepts no longer life than the contract allows, and the one we mint', () => {
    const most = Number(constant('MAX_LIFE_SECONDS'));
    expect(most).toBe(120);
    expect(LIFE_SECONDS).toBeLessThanOrEqual(most);
  });

  it('believes RS256 and nothing else', () => {
    expect([...SOURCE.matchAll(/algorithms=(\[[^\]]*\])/g)].map((match) => match[1])).toEqual(['["RS256"]']);
  });

  (PYTHON ? it : it.skip)(
    'is valid for Python 3.7, the oldest that Airflow 2.3 runs on (needs python3)',
    () => {
      const program = 'import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 7))';
      const { status, stderr } = spawnSync('python3', ['-c', program], { input: SOURCE });
      expect(stderr.toString()).toBe('');
      expect(status).toBe(0);
    },
  );
});
