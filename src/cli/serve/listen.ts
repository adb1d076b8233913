import type { Server } from 'node:http';
import { AuthProxyError } from '../../domain/errors.js';
import type { Log } from '../../observe/log.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Connections that may wait to be accepted, as far as the system allows: node's 511 are fewer than a busy morning. */
const BACKLOG = 4096;

/** What an operator can do about an address that cannot be opened. */
const REMEDIES: Readonly<Record<string, string>> = {
  __proto__: null as never,
  EADDRINUSE: 'something listens there already; end it, or choose another port',
  EACCES: 'this user may not; choose a port above 1023, or grant CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address; use one of its own, or 0.0.0.0 for all',
  ENOTFOUND: 'the name has no address; write an IP address',
};

/**
 * Opens a listener. Rejects with {@link AuthProxyError} that names the key and the remedy. Later faults of the listener,
 * like too many open files on accept, are logged: without that they would end the process.
 */
export function listen(server: Server, { host, port }: Address, key: string, log: Log): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException): void => {
      const code = cause.code ?? 'unknown error';
      const remedy = REMEDIES[code] ?? 'choose another address';
      reject(
        new AuthProxyError('config', `cannot listen on \`${host}:${port}\` (${key}, ${code}): ${remedy}`, {
          cause,
        }),
      );
    };
    server.once('error', refused);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', refused);
      server.on('error', (cause) => log.error('a listener failed', { address: `${host}:${port}`, cause }));
      resolve();
    });
  });
}

/** Resolves when the last connection has ended, at once where it never listened. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
