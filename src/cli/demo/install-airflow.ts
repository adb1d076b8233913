import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Environment } from '../../config/environment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { runChild } from './child.js';
import { findPython } from './find-python.js';
import { type OnProgress, withTicks } from './progress.js';

export interface InstallOptions {
  /** Project-local folder that keeps what is installed, for the next start. */
  readonly demoFolder: string;
  /** List of pinned versions, one `name==version` a line. */
  readonly pins: string;
  readonly environment: Environment;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

const INSTALL_TIMEOUT_MS = 30 * 60_000;

/**
 * Installs the pinned list into a virtual environment of its own and returns its folder; at once when it is there.
 * The folder's name holds the digest of the list and a marker says that pip ended well: a changed list or an
 * interrupted start never meets a stale environment.
 */
export async function installAirflow(options: InstallOptions): Promise<string> {
  const { demoFolder, onProgress, environment, signal } = options;
  const pins = readFileSync(options.pins, 'utf8');
  const digest = createHash('sha256').update(pins).digest('hex').slice(0, 12);
  const name = basename(options.pins, '.txt');
  const folder = join(demoFolder, `${name}-${digest}`);
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return folder;
  const python = await findPython(environment);
  onProgress({
    kind: 'step',
    text: `installing ${name} into ${folder} (once; the next start finds it there)`,
  });
  rmSync(folder, { recursive: true, force: true });
  const logFile = join(demoFolder, 'install.log');
  rmSync(logFile, { force: true });
  const step = (command: string, args: readonly string[]) =>
    runChild({
      name: 'the installation',
      command,
      args,
      logFile,
      environment,
      timeoutMs: INSTALL_TIMEOUT_MS,
      signal,
    });
  const total = pins.split('\n').filter((line) => line.includes('==')).length;
  const text = () => pipState(logFile, total);
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];
  try {
    await withTicks(onProgress, () => 'making a virtual environment', step(python, ['-m', 'venv', folder]));
    await withTicks(onProgress, text, step(join(folder, 'bin', 'python'), [...pip, '-r', options.pins]));
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AuthProxyError(
      'upstream',
      `could not install ${name}; look into ${logFile}, and check that pip reaches its package index: ${messageOf(cause)}`,
      { cause },
    );
  }
  writeFileSync(marker, '');
  return folder;
}

/** What pip is at, read from what it says: one `Collecting` line a package, then one line for all of them. */
function pipState(logFile: string, total: number): string {
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  if (log.includes('\nInstalling collected packages')) return `unpacking ${total} packages`;
  return `fetched ${log.match(/^Collecting /gm)?.length ?? 0} of ${total} packages`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
