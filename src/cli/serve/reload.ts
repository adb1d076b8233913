import { FaultsError } from '../../domain/errors.js';
import { check } from '../commands/check.js';
import type { Loaded } from '../compose/load.js';
import { createRuntime, type Runtime, type Shared } from '../compose/runtime.js';

/** What is in force. */
export interface InForce {
  loaded: Loaded;
  runtime: Runtime;
}

/** The configuration, held to everything `check` holds it to. Throws FaultsError with every fault. */
export async function loadChecked(file: string): Promise<Loaded> {
  const { loaded, faults } = await check(file);
  if (loaded === undefined) throw new FaultsError('config', faults);
  return loaded;
}

/** Puts the configuration of `file` in force; on any fault the one before stays. Never rejects. */
export async function reload(inForce: InForce, file: string, shared: Shared): Promise<void> {
  const { log, metrics } = shared;
  try {
    const loaded = await loadChecked(file);
    const runtime = await createRuntime(loaded, shared);
    for (const key of fixedAtStart(inForce.loaded, loaded)) {
      log.warn(`\`${key}\` changed; that takes a restart`, { file });
    }
    const { runtime: old } = inForce;
    inForce.loaded = loaded;
    inForce.runtime = runtime;
    metrics.setConfigReload(true);
    log.info('configuration reloaded', { file });
    old.close().catch((cause: unknown) => log.error('an old configuration did not end', { cause }));
  } catch (cause) {
    metrics.setConfigReload(false);
    log.error('configuration is not valid; the one before stays in force', { file, cause });
  }
}

/** Keys that differ and are read once, when the listeners open. */
function fixedAtStart({ config: before }: Loaded, { config: after }: Loaded): string[] {
  const fixed = ({ server, audit, forwardAuth }: Loaded['config']): Record<string, unknown> => ({
    'server.listen': server.listen,
    'server.adminListen': server.adminListen,
    'server.workers': server.workers,
    'server.limits.headerBytes': server.limits.headerBytes,
    'server.timeouts': [server.timeouts.headersMs, server.timeouts.keepAliveMs, server.timeouts.idleMs],
    'forwardAuth.listen': [forwardAuth?.listen, forwardAuth?.grpcListen],
    'audit.path': audit.path,
  });
  const [old, next] = [fixed(before), fixed(after)];
  return Object.keys(old).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(next[key]));
}
