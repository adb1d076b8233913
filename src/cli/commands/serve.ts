import { createServer, type Server } from 'node:http';
import { createAuditSink } from '../../audit/sink.js';
import { createLiveStreams } from '../../forward/live-streams.js';
import { createAdminDoor } from '../../http/admin/door.js';
import type { Readiness, ReadinessCheck } from '../../http/admin/readiness.js';
import { createDoor } from '../../http/public/door.js';
import type { Log } from '../../observe/log.js';
import { createMetrics } from '../../observe/metrics.js';
import { createForwardAuthDoors } from '../compose/forward-auth.js';
import { type Loaded, load } from '../compose/load.js';
import { createMalformed } from '../compose/malformed.js';
import { createRuntime, type Runtime, type Shared } from '../compose/runtime.js';
import { watchConfig } from '../compose/watch-config.js';
import { packageVersion } from '../package-version.js';

/** A gateway that listens. */
export interface Gateway {
  /** SIGHUP: the configuration and directories anew; the old ones stay in force on any fault. */
  reload(): Promise<void>;
  /** SIGTERM: readiness off, drain, close. */
  stop(): Promise<void>;
}

interface State {
  loaded: Loaded;
  runtime: Runtime;
  draining: boolean;
  checks: readonly ReadinessCheck[];
}

/** Starts every door of one configuration. Rejects where it cannot, with nothing left open. */
export async function serve(file: string, log: Log): Promise<Gateway> {
  const loaded = await load(file);
  for (const warning of loaded.warnings) log.warn(warning.message, { file: warning.file });
  const shared = openShared(loaded, log);
  const state: State = { loaded, runtime: await createRuntime(loaded, shared), draining: false, checks: [] };
  shared.metrics.setConfigReload(true);

  const { server } = loaded.config;
  const publicDoor = createDoor({
    headerBytes: server.limits.headerBytes,
    headersMs: server.timeouts.headersMs,
    keepAliveMs: server.timeouts.keepAliveMs,
    idleMs: server.timeouts.idleMs,
    handle: (...request) => state.runtime.handle(...request),
    sockets: state.runtime.services.some(({ upgrade }) => upgrade !== undefined),
    malformed: createMalformed(shared),
  });
  const adminDoor = createServer(
    createAdminDoor({
      metrics: shared.metrics,
      readiness: () => readinessOf(state),
      version: packageVersion(),
    }),
  );
  const ingressDoors = createForwardAuthDoors(loaded.config, shared, (ask) => state.runtime.judge(ask));
  const refreshing = setInterval(() => void refresh(state), READINESS_MS);
  await refresh(state);
  try {
    await listen(publicDoor, server.listen);
    await listen(adminDoor, server.adminListen);
    await ingressDoors?.listen(listen);
  } catch (error) {
    clearInterval(refreshing);
    await closeAll();
    throw error;
  }
  let reloading = Promise.resolve();
  const unwatch = await watchConfig({
    current: () => state.loaded,
    changed: reloadInTurn,
  });
  log.info('listening', {
    address: `${server.listen.host}:${server.listen.port}`,
    version: packageVersion(),
  });

  return {
    async reload() {
      await state.runtime.reloadDirectories();
      await reloadInTurn();
      shared.audit.reopen();
    },
    async stop() {
      const { drainDelayMs, drainMs } = state.loaded.config.server.timeouts;
      state.draining = true;
      await new Promise((resolve) => setTimeout(resolve, drainDelayMs));
      unwatch();
      const drained = Promise.all([closeServer(publicDoor), ingressDoors?.close(drainMs)]);
      publicDoor.closeIdleConnections();
      const timer = setTimeout(() => {
        shared.streams.abortAll('shutting-down');
        publicDoor.closeAllConnections();
      }, drainMs);
      await drained;
      clearTimeout(timer);
      clearInterval(refreshing);
      await closeAll();
      log.info('stopped');
    },
  };

  /** One at a time: each closes the runtime it replaces. */
  function reloadInTurn(): Promise<void> {
    reloading = reloading.then(() => reloadConfig(state, file, shared));
    return reloading;
  }

  async function closeAll(): Promise<void> {
    publicDoor.closeAllConnections();
    await ingressDoors?.close(0);
    await closeServer(adminDoor);
    await state.runtime.close();
    await shared.audit.close();
  }
}

const READINESS_MS = 1000;

function openShared({ config }: Loaded, log: Log): Shared {
  const metrics = createMetrics({ version: packageVersion() });
  const audit = createAuditSink({
    path: config.audit.path,
    onWrite: (count) => metrics.countAuditRecords(count),
    onDrop: (count) => metrics.countAuditDropped(count),
    onError: (cause) => log.error('audit records cannot be written', { cause }),
  });
  metrics.watchAuditQueue(() => audit.queueLength());
  return { log, metrics, audit, streams: createLiveStreams() };
}

/** Later outages show in the checks; only what was never there yet keeps the replica out. */
async function refresh(state: State): Promise<void> {
  const before = new Map(state.checks.map((check) => [check.name, check.state]));
  state.checks = (await state.runtime.checks()).map((check) =>
    check.state === 'waiting' && before.has(check.name) && before.get(check.name) !== 'waiting'
      ? { ...check, state: 'failing' }
      : check,
  );
}

function readinessOf(state: State): Readiness {
  return { draining: state.draining, checks: state.checks };
}

async function reloadConfig(state: State, file: string, shared: Shared): Promise<void> {
  const { log, metrics } = shared;
  try {
    const loaded = await load(file);
    const before = state.loaded.config.server;
    const { listen: address, adminListen } = loaded.config.server;
    if (JSON.stringify([before.listen, before.adminListen]) !== JSON.stringify([address, adminListen])) {
      log.warn('server.listen or server.adminListen changed; that takes a restart', { file });
    }
    const old = state.runtime;
    state.runtime = await createRuntime(loaded, shared);
    state.loaded = loaded;
    metrics.setConfigReload(true);
    log.info('configuration reloaded', { file });
    void old.close();
  } catch (cause) {
    metrics.setConfigReload(false);
    log.error('configuration is not valid; the one before stays in force', { file, cause });
  }
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
