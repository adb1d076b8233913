import type { Server } from 'node:http';
import type { Config } from '../../config/config.js';
import { createAdmit } from '../../http/forward-auth/admit.js';
import { createCheckServer } from '../../http/forward-auth/check-server.js';
import { statusOfDenial } from '../../http/forward-auth/deny.js';
import { createForwardAuthDoor } from '../../http/forward-auth/door.js';
import { createJudge, type Judge, type JudgeOptions } from '../../http/forward-auth/judge.js';
import { createMalformed } from './malformed.js';
import type { Shared } from './runtime.js';

/** What the judge shares with the public door of the same runtime. */
export type JudgeParts = Pick<
  JudgeOptions,
  'gate' | 'hosts' | 'settingOf' | 'concluded' | 'misconfigured' | 'failed'
>;

/** Judges for the ingress controllers. Where the door is off nobody is admitted: a reload closes no listener. */
export function composeForwardAuth(config: Config, parts: JudgeParts): Judge {
  const { forwardAuth, server } = config;
  return createJudge({
    ...parts,
    admit: createAdmit({ peers: forwardAuth?.peers ?? [], sharedSecret: forwardAuth?.sharedSecret }),
    publicOrigins: server.publicUrl,
    trustedProxies: server.trustedProxies,
    targetBytes: server.limits.targetBytes,
  });
}

export interface ForwardAuthDoors {
  /** Opens all of them. Resolves with the port of the gRPC listener, where there is one. */
  listen(
    open: (server: Server, address: { host: string; port: number }) => Promise<void>,
  ): Promise<number | undefined>;
  /** Lets running asks finish for so long. */
  close(graceMs: number): Promise<void>;
}

/** The listeners of the third door; undefined where it is off. `judge` is asked anew each time, so a reload takes effect. */
export function createForwardAuthDoors(
  config: Config,
  shared: Shared,
  judge: Judge,
): ForwardAuthDoors | undefined {
  const { forwardAuth, server } = config;
  if (forwardAuth === undefined) return undefined;
  const { headerBytes, headers } = server.limits;
  const door = createForwardAuthDoor({
    judge,
    headerBytes,
    headers,
    headersMs: server.timeouts.headersMs,
    keepAliveMs: server.timeouts.keepAliveMs,
    idleMs: server.timeouts.idleMs,
    malformed: createMalformed(shared, statusOfDenial),
  });
  const { grpcListen } = forwardAuth;
  const check = grpcListen && createCheckServer({ judge, headerBytes, headers });

  return {
    async listen(open) {
      await open(door, forwardAuth.listen);
      return grpcListen && check?.listen(grpcListen);
    },
    async close(graceMs) {
      const timer = setTimeout(() => door.closeAllConnections(), graceMs);
      const closed = new Promise<void>((resolve) => door.close(() => resolve()));
      door.closeIdleConnections();
      await Promise.all([closed, check?.close(graceMs)]);
      clearTimeout(timer);
    },
  };
}
