import type { Config, ServiceConfig } from '../../config/config.js';
import type { Assertion } from '../../domain/assertion.js';
import { createForward } from '../../forward/forward.js';
import type { LiveStreams } from '../../forward/live-streams.js';
import { compilePlace } from '../../forward/place.js';
import { createRefusal, type UpstreamKind } from '../../forward/refusal.js';
import { createUpgrade } from '../../forward/upgrade.js';
import { LOGIN_MARKER } from '../../http/control/login-loop.js';
import type { PublicService } from '../../http/public/service.js';
import { DEFAULT_ROLE_MAPPING } from '../../policy/native-role.js';
import type { ConfiguredService } from './services.js';
import { sessionCookieNames } from './sign-in.js';
import { targetBytesOf } from './target-bytes.js';

const MAX_CONNECTIONS = 256;
/** A tunnel outlives the decision that opened it, by so much at most. */
const MAX_TUNNEL_MS = 10 * 60 * 1000;
/** Flask's session, which decides in Airflow 1.10 and 2.x once somebody is in. */
const FLASK_SESSION = 'session';

/** Puts the way upstream behind a judged service. */
export function composeUpstream(
  service: ConfiguredService,
  options: { readonly config: Config; readonly assertion: Assertion; readonly streams: LiveStreams },
): PublicService {
  const { config, assertion, streams } = options;
  const { server, platform } = config;
  const upstream = kindOf(service);
  const place = {
    publicOrigins: service.origins,
    path: service.path,
    protectedCookies: [platform.cookie, LOGIN_MARKER, ...sessionCookieNames(config)],
    identityHeaderNames: identityHeadersOf(service.config),
  };
  return {
    ...service,
    assertion,
    compiledPlace: compilePlace(place, service.config.upstream),
    roleMapping: mappingOf(service.config),
    rolePerRequest: upstream === 'airflow3',
    targetBytes: targetBytesOf(service, server.limits),
    sessionCookies: upstream === 'airflow2' ? [FLASK_SESSION] : [],
    classify: createRefusal({ upstream, place, origin: service.config.upstream }),
    upgrade: service.routes.entries.some(({ rule }) => rule.stream === 'socket')
      ? createUpgrade({
          origin: service.config.upstream,
          place,
          streams,
          connectTimeoutMs: server.timeouts.connectMs,
          firstByteTimeoutMs: server.timeouts.firstByteMs,
          idleTimeoutMs: server.timeouts.idleMs,
          maxLifetimeMs: MAX_TUNNEL_MS,
          maxTunnels: MAX_CONNECTIONS,
        })
      : undefined,
    forward: createForward({
      streams,
      place,
      upstream: {
        origin: service.config.upstream,
        connectTimeoutMs: server.timeouts.connectMs,
        firstByteTimeoutMs: server.timeouts.firstByteMs,
        idleTimeoutMs: server.timeouts.idleMs,
        maxConnections: MAX_CONNECTIONS,
        bodyLimitBytes: server.limits.bodyBytes,
        keepAlive: true,
      },
    }),
  };
}

function kindOf({ service, version }: ConfiguredService): UpstreamKind {
  if (service === 'flower') return 'flower';
  return version.major >= 3 ? 'airflow3' : 'airflow2';
}

function mappingOf({ identity }: ServiceConfig) {
  return 'roleMapping' in identity ? identity.roleMapping : DEFAULT_ROLE_MAPPING;
}

function identityHeadersOf({ identity }: ServiceConfig): readonly string[] {
  return identity.profile === 'remote-user-header' ? [identity.header] : ['authorization'];
}
