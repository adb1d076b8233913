import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and Redis, and misbehaves when told to. */
export interface Chaos {
  readonly port: number;
  readonly url: string;
  /** What becomes of Redis' replies from now on. */
  behave(mode: ChaosMode): void;
  close(): Promise<void>;
}

export type ChaosMode =
  | { readonly kind: 'pass' }
  /** Replies come so much later. */
  | { readonly kind: 'late'; readonly delayMs: number }
  /** The next replies are cut in the middle and the connection ends. */
  | { readonly kind: 'cut' }
  /** The connection stays, nothing comes any more: a network that drops packets. */
  | { readonly kind: 'silent' }
  /** Every command gets this reply instead. */
  | { readonly kind: 'reply'; readonly reply: string };

export async function startChaos(redisPort: number): Promise<Chaos> {
  let mode: ChaosMode = { kind: 'pass' };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1');
    // A connection gives everything in order, or nothing more: that is what TCP leaves of a bad network.
    let lost = false;
    let lastDueAt = 0;
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    function deliver(part: Buffer, delayMs: number): void {
      const now = performance.now();
      lastDueAt = Math.max(lastDueAt, now + delayMs);
      if (lastDueAt <= now) client.write(part);
      else setTimeout(() => client.destroyed || client.write(part), lastDueAt - now).unref();
    }
    client.on('data', (part: Buffer) => {
      if (mode.kind === 'reply') client.write(mode.reply.repeat(commandsIn(part)));
      else redis.write(part);
    });
    redis.on('data', (part: Buffer) => {
      if (lost) return;
      switch (mode.kind) {
        case 'pass':
        case 'reply':
          deliver(part, 0);
          break;
        case 'late':
          deliver(part, mode.delayMs);
          break;
        case 'cut':
          client.end(part.subarray(0, Math.max(1, part.length >> 1)));
          break;
        case 'silent':
          lost = true;
          break;
        default:
          mode satisfies never;
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    url: `redis://127.0.0.1:${address.port}`,
    behave(next) {
      mode = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Arrays that begin a line: one for each command. */
function commandsIn(part: Buffer): number {
  return part.toString('latin1').match(/^\*\d+\r$/gm)?.length ?? 0;
}
