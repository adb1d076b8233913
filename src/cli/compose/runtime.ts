import type { AuditSink } from '../../audit/sink.js';
import { loadLogo } from '../../config/load-logo.js';
import { createAuthenticator } from '../../credentials/authenticate.js';
import { createCachedVerifier } from '../../credentials/token-cache.js';
import { createServiceAccountKeysUnion } from '../../directory/service-account-keys.js';
import { createBindingsResolver } from '../../directory/union.js';
import type { LiveStreams } from '../../forward/live-streams.js';
import { createGate, type Gate } from '../../gate/gate.js';
import type { ReadinessCheck } from '../../http/admin/readiness.js';
import type { Judge } from '../../http/forward-auth/judge.js';
import { createCarriers } from '../../http/public/carry.js';
import { createClientReader } from '../../http/public/client.js';
import { createHandler, type Handle } from '../../http/public/handle.js';
import type { PublicService } from '../../http/public/service.js';
import type { Log } from '../../observe/log.js';
import type { Metrics } from '../../observe/metrics.js';
import { composeAssertions } from './assertions.js';
import { type CallerTokens, createCallerTokens } from './caller-tokens.js';
import { createConclude } from './conclude.js';
import { composeControl } from './control.js';
import { composeDirectories, type Directories } from './directories.js';
import { composeForwardAuth, type JudgeParts } from './forward-auth.js';
import { composeIssuers, createTokenVerifier } from './issuers.js';
import type { Loaded } from './load.js';
import { createOpenRequests } from './open-requests.js';
import { recentOf } from './recent.js';
import { createRunning } from './running.js';
import { composeServices } from './services.js';
import { composeSignIn } from './sign-in.js';
import { composeUpstream } from './upstreams.js';

/** What outlives a reload. */
export interface Shared {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit: AuditSink;
  readonly streams: LiveStreams;
}

/** One configuration at work. A reload makes a new one and closes the old. */
export interface Runtime {
  readonly gate: Gate<PublicService>;
  readonly handle: Handle;
  /** The same judgement for ingress controllers. */
  readonly judge: Judge;
  readonly services: readonly PublicService[];
  checks(): Promise<readonly ReadinessCheck[]>;
  reloadDirectories(): Promise<void>;
  /** Lets running requests finish. */
  close(): Promise<void>;
}

const ROLE_SOURCE_TIMEOUT_MS = 1000;

/** Puts the floors together for one configuration. Throws where a key or a directory is missing, with nothing left open. */
export async function createRuntime(loaded: Loaded, shared: Shared): Promise<Runtime> {
  const tokens = createCallerTokens(loaded.config);
  const directories = await composeDirectories(loaded.config, { ...shared, tokenOf: tokens.tokenOf });
  try {
    await directories.settled();
    return await composeRuntime(loaded, shared, directories, tokens);
  } catch (error) {
    directories.close();
    throw error;
  }
}

async function composeRuntime(
  { config, catalogs }: Loaded,
  shared: Shared,
  directories: Directories,
  tokens: CallerTokens,
): Promise<Runtime> {
  const { log, metrics, streams } = shared;
  const issuers = await composeIssuers(config, log);
  const configured = composeServices(config, catalogs);
  const assertions = await composeAssertions(config, configured);
  const services = configured.map((service) =>
    composeUpstream(service, { config, assertion: assertions.of(service), streams }),
  );
  const signIn = await composeSignIn({
    config,
    lifetime: shared.audit,
    shared: directories.sessionEnds,
    log,
  });
  const recent = recentOf(shared.audit);
  const brand = { name: config.branding.name, logo: loadLogo(config) };
  const authenticate = createAuthenticator({
    cookie: config.platform.cookie,
    sessions: signIn?.sessions,
    verify: tokens.remembering(
      createCachedVerifier({
        verify: createTokenVerifier(config, issuers),
        onHit: () => metrics.countTokenCache('hit'),
        onMiss: () => metrics.countTokenCache('miss'),
      }),
    ),
    revocations: directories.revocations,
    keys: createServiceAccountKeysUnion(directories.keys, { timeoutMs: ROLE_SOURCE_TIMEOUT_MS }),
  });
  const bindingsOf = createBindingsResolver(directories.sources, {
    timeoutMs: ROLE_SOURCE_TIMEOUT_MS,
    onAnswer: (source, answer) => {
      metrics.setRoleSourceUp(source, answer.kind === 'found' && answer.stale !== true);
      if (answer.kind === 'found') metrics.observeRoleAge(Math.max(0, Date.now() - answer.asOf) / 1000);
    },
  });
  const gate = createGate<PublicService>({ services, authenticate, bindingsOf });
  const publicHosts = config.server.publicUrl.map((url) => new URL(url).host);

  const parts: JudgeParts = {
    gate,
    hosts: new Set([...publicHosts, ...services.flatMap(({ host }) => host ?? [])]),
    misconfigured: ({ deployment, service }, cause) =>
      log.error('the upstream does not take our assertion', {
        deployment,
        service,
        cause: new Error(cause),
      }),
    settingOf: ({ place }) => ({
      workspaceLabel: place && (directories.labelOf(place.workspace) ?? place.workspace),
      supportContact: config.support.contact,
      brand,
    }),
    concluded: createConclude({ ...shared, record: config.audit.record, recent }),
    failed: (cause, requestId) => log.error('a request failed inside', { requestId, cause }),
  };

  const running = createRunning();
  const openRequests = createOpenRequests({
    authenticate,
    revocations: directories.revocations,
    bindingsOf: createBindingsResolver(directories.sources, { timeoutMs: ROLE_SOURCE_TIMEOUT_MS }),
    streams,
  });
  const handle = createHandler({
    ...parts,
    ...openRequests.around(parts),
    limits: config.server.limits,
    canonicalHost: publicHosts[0] ?? '',
    readClient: createClientReader({ trustedProxies: config.server.trustedProxies, hosts: parts.hosts }),
    control: composeControl({
      config,
      issuers,
      assertions,
      directories,
      services,
      authenticate,
      bindingsOf,
      shared,
      recent,
      brand,
      signIn,
    }),
    renewalOf: signIn?.renewalOf,
    ...createCarriers(parts),
  });
  // Last: what failed before this leaves the counts of the configuration in force alone.
  metrics.setDeployments(services.map(({ deployment }) => deployment));
  metrics.setRoleSources(directories.sources.map(({ name }) => name));
  for (const { name, ready } of directories.ready()) metrics.setRoleSourceUp(name, ready);

  return {
    gate,
    services,
    handle: (req, res, arrival) => running.track(handle(req, res, arrival)),
    judge: composeForwardAuth(config, parts),
    checks: async () => [
      { name: 'config', state: 'ok' },
      { name: 'keys', state: (await issuers.ready()) ? 'ok' : 'waiting' },
      ...directories.checks(),
    ],
    reloadDirectories: directories.reload,
    async close() {
      // A request that is being judged still has its way upstream before it, and may yet lose its role there.
      await running.whenNone();
      openRequests.close();
      directories.close();
      await Promise.all(services.map(({ forward }) => forward.close()));
    },
  };
}
