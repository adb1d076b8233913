import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from '../../config/environment.js';
import { AuthProxyError } from '../../domain/errors.js';

const run = promisify(execFile);

/** The pinned list was resolved for these; Airflow itself would run on some more. */
const MINORS = [11, 12, 13] as const;
const NEEDED = `Python 3.${MINORS[0]} to 3.${MINORS[MINORS.length - 1]}`;
const WAY_OUT = 'or point AIRFLOW_URL at a running Airflow, or start with `-- --stand-in`';

/** Prints minor version, and which of the two modules that make an environment are missing. */
const QUESTION =
  'import sys, importlib.util as u; print(sys.version_info[0], sys.version_info[1], *[m for m in ("venv", "ensurepip") if u.find_spec(m) is None])';

interface Interpreter {
  readonly command: string;
  readonly version: string;
  readonly fits: boolean;
  readonly missing: readonly string[];
}

/**
 * The Python interpreter to install Airflow with: `python3` if it fits, else a `python3.N` that does.
 * Rejects with an error that names the remedy when there is none, none that fits, or none that can make environments.
 */
export async function findPython(environment: Environment): Promise<string> {
  const candidates = ['python3', ...MINORS.map((minor) => `python3.${minor}`).reverse()];
  const found = (await Promise.all(candidates.map((command) => ask(command, environment)))).filter(
    (answer) => answer !== undefined,
  );
  const fitting = found.filter((interpreter) => interpreter.fits);
  const usable = fitting.find((interpreter) => interpreter.missing.length === 0);
  if (usable !== undefined) return usable.command;
  throw new AuthProxyError('upstream', explain(found[0], fitting[0]));
}

function explain(first: Interpreter | undefined, fitting: Interpreter | undefined): string {
  if (first === undefined) {
    return `python3 is not installed, and the demo installs Airflow with it; apt-get install python3 python3-venv, ${WAY_OUT}`;
  }
  if (fitting === undefined) {
    return `\`${first.command}\` is Python ${first.version}, and the demo's Airflow needs ${NEEDED}; install one of them beside it, ${WAY_OUT}`;
  }
  const modules = fitting.missing.map((name) => `\`${name}\``).join(' and ');
  return `\`${fitting.command}\` (${fitting.version}) cannot make environments, ${modules} is missing; apt-get install python3-venv python3-pip (on Debian python${fitting.version}-venv), ${WAY_OUT}`;
}

async function ask(command: string, environment: Environment): Promise<Interpreter | undefined> {
  const answer = await run(command, ['-c', QUESTION], { env: environment, timeout: 20_000 }).catch(
    () => undefined,
  );
  const [major, minor, ...missing] = answer?.stdout.trim().split(' ') ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const fits = major === '3' && MINORS.some((known) => String(known) === minor);
  return { command, version: `${major}.${minor}`, fits, missing };
}
