import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** How to reach one Redis, whatever its shape. */
export interface RedisAddress {
  /** `redis://` or `rediss://` with ACL user, password and database. In `sentinel` mode its host is the first Sentinel. */
  readonly url: string;
  readonly mode?: 'standalone' | 'sentinel' | 'cluster' | undefined;
  /** Further Sentinels or cluster nodes. */
  readonly nodes?: readonly { readonly host: string; readonly port: number }[] | undefined;
  /** What the Sentinels call the primary. */
  readonly primaryName?: string | undefined;
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  /** PEM of the authorities to trust for `rediss://`; default: those of Node. */
  readonly ca?: string | undefined;
}

/** One server that takes commands, with a connection of its own for what it pushes. */
export interface RedisNode {
  readonly id: string;
  /** A new connection to this server that connects by itself again and again. The caller ends it. */
  subscriber(): Redis;
  /** One command to this very server. */
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** Connections to one Redis. Nothing waits for a connection: what cannot be sent now rejects now. */
export interface RedisLink {
  /** Rejects after {@link TIMEOUT_MS} at the latest. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** All keys that start with `prefix`, over all nodes; some may come twice. Rejects like `call`. */
  keys(prefix: string): AsyncIterable<string>;
  /** The servers that hold keys now. Empty while none is known. */
  nodes(): readonly RedisNode[];
  /** Called when `nodes` may have changed. */
  onNodes(listener: () => void): void;
  close(): void;
}

/** Longest time for connecting, and for one command. */
export const TIMEOUT_MS = 250;
/** A connection that is silent so long while an answer is due is dropped and made anew. */
const SILENT_MS = 1000;
const LONGEST_PAUSE_MS = 1000;
/** How often a cluster is asked who holds what. */
const TOPOLOGY_MS = 500;
const SCAN_COUNT = '1000';

/**
 * Opens the connections; does not wait for them. RESP2, because invalidations are lost in RESP3 with this client.
 * No queue, no repeats: an answer that comes late is no answer.
 */
export function createRedisLink(address: RedisAddress, onError: (error: Error) => void): RedisLink {
  const { mode = 'standalone' } = address;
  return mode === 'cluster' ? linkCluster(address, onError) : linkSingle(address, onError);
}

function linkSingle(address: RedisAddress, onError: (error: Error) => void): RedisLink {
  const client = new Redis(optionsOf(address));
  client.on('error', onError);
  const call = (command: string, ...args: string[]) => client.call(command, ...args);
  const node: RedisNode = { id: 'primary', call, subscriber: () => client.duplicate() };
  return {
    call,
    keys: (prefix) => scan(call, prefix),
    nodes: () => [node],
    onNodes: () => {},
    close: () => client.disconnect(),
  };
}

function linkCluster(address: RedisAddress, onError: (error: Error) => void): RedisLink {
  const { host, port, ...redisOptions } = optionsOf(address);
  const cluster = new Cluster([{ host: host ?? '', port: port ?? 6379 }, ...(address.nodes ?? [])], {
    redisOptions,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRedirections: 3,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    retryDelayOnTryAgain: 50,
    slotsRefreshTimeout: SILENT_MS,
    slotsRefreshInterval: TOPOLOGY_MS,
    clusterRetryStrategy: pause,
  });
  cluster.on('error', onError);
  cluster.on('node error', onError);
  // The client connects to a node with the first command for it, which without a queue would be lost.
  cluster.on('+node', (node: Redis) => {
    node.connect().catch(() => {});
  });
  const masters = (): RedisNode[] =>
    cluster.nodes('master').map((node) => ({
      id: `${node.options.host}:${node.options.port}`,
      call: (command, ...args) => node.call(command, ...args),
      subscriber: () => node.duplicate({ ...redisOptions, lazyConnect: false, readOnly: false }),
    }));
  return {
    // A redirection is followed with a time-out of its own; the whole of it has to end in time too.
    call: (command, ...args) => inTime(cluster.call(command, ...args)),
    async *keys(prefix) {
      for (const node of masters()) yield* scan(node.call, prefix);
    },
    nodes: masters,
    onNodes: (listener) => {
      for (const event of ['ready', '+node', '-node', 'refresh'] as const) cluster.on(event, listener);
    },
    close: () => cluster.disconnect(),
  };
}

/** Replies as RESP2 has them. */
type Options = Omit<RedisOptions, 'replyMapping' | 'protocol'> & { readonly protocol: 2 };

function optionsOf(address: RedisAddress): Options {
  const url = new URL(address.url);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? undefined : Number(url.port);
  const database = Number(url.pathname.slice(1) || 0);
  const common: Options = {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(database === 0 ? {} : { db: database }),
    ...(url.protocol === 'rediss:'
      ? {
          tls: {
            ...(address.ca === undefined ? {} : { ca: address.ca }),
            ...(isName(host) ? { servername: host } : {}),
          },
        }
      : {}),
    protocol: 2,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    socketTimeout: SILENT_MS,
    disconnectTimeout: TIMEOUT_MS,
    enableOfflineQueue: false,
    // A server that loads its data says so to every command; there is no need to ask it first.
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    connectionName: 'airflow-auth-proxy',
    retryStrategy: pause,
  };
  if (address.mode !== 'sentinel') return { ...common, host, port: port ?? 6379 };
  return {
    ...common,
    sentinels: [{ host, port: port ?? 26_379 }, ...(address.nodes ?? [])],
    name: address.primaryName ?? 'mymaster',
    ...(address.sentinelUsername === undefined ? {} : { sentinelUsername: address.sentinelUsername }),
    ...(address.sentinelPassword === undefined ? {} : { sentinelPassword: address.sentinelPassword }),
    sentinelCommandTimeout: TIMEOUT_MS,
    sentinelRetryStrategy: pause,
    enableTLSForSentinelMode: url.protocol === 'rediss:',
  };
}

/** Longer and longer, never all gateways at once. */
function pause(attempt: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(attempt - 1, 10));
  return longest * (0.5 + Math.random() / 2);
}

async function* scan(
  call: (command: string, ...args: string[]) => Promise<unknown>,
  prefix: string,
): AsyncIterable<string> {
  // In a pattern, these characters mean more than themselves.
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  let cursor = '0';
  do {
    const reply = await call('SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    const [next, keys] = Array.isArray(reply) ? reply : [];
    if (typeof next !== 'string' || !Array.isArray(keys)) throw new TypeError('SCAN answered something else');
    for (const key of keys) if (typeof key === 'string') yield key;
    cursor = next;
  } while (cursor !== '0');
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Command timed out')), TIMEOUT_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** TLS names no address (RFC 6066 3). */
function isName(host: string): boolean {
  return !host.includes(':') && !/^[\d.]+$/.test(host);
}
