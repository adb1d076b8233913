import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { readFields } from '../public/fields.js';
import { SECRET_HEADER } from './admit.js';
import { type CheckRequest, readCheckRequest, writeCheckResponse } from './check-messages.js';
import type { Judge, Verdict } from './judge.js';

export interface CheckServerOptions {
  readonly judge: Judge;
  readonly headerBytes: number;
  /** Header fields of one original request. */
  readonly headers: number;
}

export interface CheckServer {
  /** Resolves with the port. Rejects where the address is taken. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Lets running calls finish for so long, then ends them. Milliseconds. */
  close(graceMs: number): Promise<void>;
}

const METHOD = '/envoy.service.auth.v3.Authorization/Check';

/**
 * Envoy's external authorization by gRPC (envoy/service/auth/v3/external_auth.proto). A call that is not admitted is
 * answered with a denial like any other; the call itself never fails, so no `failure_mode_allow` can open a door.
 */
export function createCheckServer({ judge, headerBytes, headers }: CheckServerOptions): CheckServer {
  const server = new Server({
    'grpc.max_receive_message_length': headerBytes * 4,
    'grpc.max_metadata_size': headerBytes,
  });

  async function check(call: ServerUnaryCall<CheckRequest, Verdict>): Promise<Verdict> {
    const { original, headers: sent } = call.request;
    return judge({
      peer: addressOf(call.getPeer()),
      secrets: call.metadata.get(SECRET_HEADER).map(String),
      original,
      fields: readFields(sent.flat(), headers),
    });
  }

  server.addService(
    {
      Check: {
        path: METHOD,
        requestStream: false,
        responseStream: false,
        requestDeserialize: readCheckRequest,
        responseSerialize: writeCheckResponse,
        requestSerialize: refuseClient,
        responseDeserialize: refuseClient,
      },
    },
    {
      Check: (call: ServerUnaryCall<CheckRequest, Verdict>, answer: sendUnaryData<Verdict>) => {
        check(call).then(
          (verdict) => answer(null, verdict),
          (error: unknown) => answer(error instanceof Error ? error : new Error('the check failed')),
        );
      },
    },
  );

  return {
    listen({ host, port }) {
      const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      return new Promise((resolve, reject) => {
        server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        );
      });
    },
    close(graceMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => server.forceShutdown(), graceMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

/** `1.2.3.4:5`, `[::1]:5`, also behind `ipv4:` or `ipv6:`. */
function addressOf(peer: string): string {
  const match = /^(?:ipv[46]:)?(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(peer);
  return match?.[1] ?? match?.[2] ?? '';
}

function refuseClient(): never {
  throw new TypeError('this side only answers');
}
