import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { AuthProxyError } from '../../domain/errors.js';
import { ringPath } from '../../identity/ring-file.js';
import { rotateKeyRing } from '../../identity/rotate.js';
import { rotateSessionKeys, sessionKeysPath } from '../../session/stored-keys.js';
import { load } from '../compose/load.js';

const TYPES = ['rsa', 'ed25519'] as const;

/** `keys rotate`. */
export function addKeysCommands(program: Command, print: (text: string) => void): void {
  program
    .command('keys')
    .description('The keys that sign what Airflow is told, and that sessions are sealed with.')
    .command('rotate')
    .description(
      'Publish a new key. Running gateways sign with it two hours later, when every Airflow has read it.',
    )
    .requiredOption('--config <file>', 'configuration file')
    .option('--immediately', 'sign with it at once and drop the old one: for a key that leaked', false)
    .addHelpText('after', '\nKeys given by keyFile are their keeper’s to rotate.')
    .action(async ({ config, immediately }) => print(await rotateKeys(config, immediately)));
}

/** Rotates every kind of key that the state folder holds. */
export async function rotateKeys(file: string, immediately: boolean): Promise<string> {
  const { stateDir } = (await load(file)).config.server;
  const kept = TYPES.filter((type) => existsSync(ringPath(stateDir, type)));
  const sessions = sessionKeysPath(stateDir);
  if (kept.length === 0 && !existsSync(sessions)) {
    throw new AuthProxyError(
      'config',
      `\`${stateDir}\` holds no keys; they are made when a gateway starts that needs one`,
    );
  }
  const lines: string[] = [];
  for (const type of kept) {
    const { kid, signsFromMs } = await rotateKeyRing(stateDir, type, { immediately });
    lines.push(`${type}: key ${kid} is published and signs from ${new Date(signsFromMs).toISOString()}`);
  }
  if (existsSync(sessions)) {
    await rotateSessionKeys(sessions, { immediately });
    lines.push('sessions: running gateways seal with a new key after SIGHUP');
  }
  return lines.join('\n');
}
