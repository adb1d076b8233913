import { createServer } from 'node:http';
import { createAuditSink } from '../../audit/sink.js';
import { createLiveStreams } from '../../forward/live-streams.js';
import { createAdminDoor } from '../../http/admin/door.js';
import type { Readiness } from '../../http/admin/readiness.js';
import { createDoor } from '../../http/public/door.js';
import type { Log } from '../../observe/log.js';
import { createMetrics } from '../../observe/metrics.js';
import { createForwardAuthDoors } from '../compose/forward-auth.js';
import type { Loaded } from '../compose/load.js';
import { createMalformed } from '../compose/malformed.js';
import { createRuntime, type Shared } from '../compose/runtime.js';
import { watchConfig } from '../compose/watch-config.js';
import { packageVersion } from '../package-version.js';
import { closeServer, listen } from '../serve/listen.js';
import { watchReadiness } from '../serve/readiness.js';
import { type InForce, loadChecked, reload } from '../serve/reload.js';

/** A gateway that listens. */
export interface Gateway {
  /** SIGHUP: the configuration and directories anew; the old ones stay in force on any fault. Never rejects. */
  reload(): Promise<void>;
  /** SIGTERM: readiness off, drain, close. */
  stop(): Promise<void>;
}

/** One of several processes behind one address: no admin door, which the primary has. */
export interface WorkerPart {
  /** The audit file of this worker. */
  readonly auditPath: (path: string) => string;
  readonly readinessChanged: (readiness: Readiness) => void;
  /** Lets the primary collect what this process counts. */
  readonly shareMetrics: (metrics: Shared['metrics']) => void;
}

/** The upstream's own time limits end a request first, and say why. */
const SILENCE_MARGIN_MS = 5000;
/** What still runs when every connection is closed waits for nobody. */
const LAST_WAIT_MS = 2000;

/** Starts every door of one configuration, loaded already or not. Rejects where it cannot, with nothing left open. */
export async function serve(
  file: string,
  log: Log,
  { worker, loaded: given }: { readonly worker?: WorkerPart; readonly loaded?: Loaded } = {},
): Promise<Gateway> {
  const loaded = given ?? (await loadChecked(file));
  for (const warning of loaded.warnings) log.warn(warning.message, { file: warning.file });
  const shared = openShared(loaded, log, worker);
  const inForce: InForce = { loaded, runtime: await runtimeOrClose(loaded, shared) };
  shared.metrics.setConfigReload(true);

  const { server } = loaded.config;
  const { limits, timeouts } = server;
  const door = createDoor({
    headerBytes: limits.headerBytes,
    targetBytes: limits.targetBytes,
    headersMs: timeouts.headersMs,
    keepAliveMs: timeouts.keepAliveMs,
    silenceMs: Math.max(timeouts.idleMs, timeouts.firstByteMs + timeouts.connectMs) + SILENCE_MARGIN_MS,
    handle: (...request) => inForce.runtime.handle(...request),
    malformed: createMalformed(shared),
  });
  const readiness = watchReadiness({
    checks: () => inForce.runtime.checks(),
    changed: worker?.readinessChanged,
    log,
  });
  const adminDoor = createServer(
    createAdminDoor({
      metrics: shared.metrics,
      readiness: readiness.current,
      version: packageVersion(),
      onError: (cause) => log.error('the admin door failed', { cause }),
    }),
  );
  const ingressDoors = createForwardAuthDoors(loaded.config, shared, (ask) => inForce.runtime.judge(ask));
  let unwatch = (): void => undefined;
  let stopping: Promise<void> | undefined;
  let reloading = Promise.resolve();
  try {
    door.acceptSockets(hasSockets(inForce));
    if (worker === undefined) await listen(adminDoor, server.adminListen, 'server.adminListen', log);
    await ingressDoors?.listen((one, address) => listen(one, address, 'forwardAuth.listen', log));
    await listen(door.server, server.listen, 'server.listen', log);
    unwatch = await watchConfig({ current: () => inForce.loaded, changed: reloadInTurn });
  } catch (error) {
    await closeAll();
    throw error;
  }
  // Not waited for: an issuer that is away must not keep us from answering what needs none of its keys.
  void readiness.refresh();
  log.info('listening', {
    address: `${server.listen.host}:${server.listen.port}`,
    version: packageVersion(),
  });

  return {
    async reload() {
      await inForce.runtime.reloadDirectories();
      await reloadInTurn();
      shared.audit.reopen();
    },
    stop() {
      stopping ??= drain();
      return stopping;
    },
  };

  async function drain(): Promise<void> {
    const { drainDelayMs, drainMs } = inForce.loaded.config.server.timeouts;
    readiness.drain();
    unwatch();
    await new Promise((resolve) => setTimeout(resolve, drainDelayMs));
    const timer = setTimeout(() => {
      shared.streams.abortAll('shutting-down');
      door.destroy();
    }, drainMs);
    await Promise.all([door.close(), ingressDoors?.close(drainMs)]);
    clearTimeout(timer);
    await closeAll();
    log.info('stopped');
  }

  /** One at a time: each closes the runtime it replaces. */
  function reloadInTurn(): Promise<void> {
    reloading = reloading.then(async () => {
      if (stopping !== undefined) return;
      await reload(inForce, file, shared);
      door.acceptSockets(hasSockets(inForce));
      await readiness.refresh();
    });
    return reloading;
  }

  async function closeAll(): Promise<void> {
    unwatch();
    readiness.close();
    await reloading;
    door.destroy();
    await Promise.all([closeServer(door.server), ingressDoors?.close(0)]);
    await within(LAST_WAIT_MS, inForce.runtime.close());
    adminDoor.closeAllConnections();
    await closeServer(adminDoor);
    await shared.audit.close();
  }
}

function openShared({ config }: Loaded, log: Log, worker: WorkerPart | undefined): Shared {
  const metrics = createMetrics({ version: packageVersion() });
  worker?.shareMetrics(metrics);
  const audit = createAuditSink({
    path: worker?.auditPath(config.audit.path) ?? config.audit.path,
    onWrite: (count) => metrics.countAuditRecords(count),
    onDrop: (count) => metrics.countAuditDropped(count),
    onError: (cause) => log.error('audit records cannot be written', { cause }),
  });
  metrics.watchAuditQueue(() => audit.queueLength());
  return { log, metrics, audit, streams: createLiveStreams() };
}

async function runtimeOrClose(loaded: Loaded, shared: Shared): Promise<InForce['runtime']> {
  try {
    return await createRuntime(loaded, shared);
  } catch (error) {
    await shared.audit.close();
    throw error;
  }
}

function hasSockets({ runtime }: InForce): boolean {
  return runtime.services.some(({ upgrade }) => upgrade !== undefined);
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
