import { randomUUID } from 'node:crypto';
import type { KeyLayout } from './keys.js';
import type { RedisLink, RedisNode } from './link.js';

/**
 * A time in which no change could have been missed. While it lasts, everything read in it is still so as of `provenAt`;
 * once it is over its `provenAt` stays, and says how old what was read in it is.
 */
export interface Epoch {
  /** Changes are pushed. False between two connections. */
  readonly live: boolean;
  /** All changes up to this moment have arrived. Monotonic clock, milliseconds; -Infinity where nothing is pushed. */
  readonly provenAt: number;
}

export interface TrackerEvents {
  /** These keys changed, by whatever program. */
  readonly onKeys: (keys: readonly string[]) => void;
  /** Anything may have changed. */
  readonly onFlush: () => void;
  readonly onEpoch: (epoch: Epoch) => void;
}

export interface Tracker {
  close(): void;
}

const CHANNEL = '__redis__:invalidate';
/** How often a connection has to prove itself. */
const HEARTBEAT_MS = 150;
const SELF_TEST_MS = 250;
const SELF_TEST_KEEPS_MS = 1000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Nothing is pushed. */
export const CUT_OFF: Epoch = { live: false, provenAt: Number.NEGATIVE_INFINITY };

/**
 * Learns of every change of our keys from Redis itself (CLIENT TRACKING, broadcast by prefix), on one connection per
 * server that redirects to itself: were tracking and receiving two connections, the loss of the first would go unseen.
 * Every heartbeat is a PING on that connection, and its answer stands behind all that was pushed before it.
 * One test key is written when the connection starts, so that a server that takes the command and pushes nothing is
 * not believed; who may not write (a reader's ACL, a replica) goes without.
 *
 * Source: redis.io/docs/latest/develop/reference/client-side-caching ("Opting-in", "Broadcasting mode", RESP2).
 */
export function createTracker(link: RedisLink, layout: KeyLayout, events: TrackerEvents): Tracker {
  const nodes = new Map<string, NodeTracker>();
  let current: Epoch & { provenAt: number } = CUT_OFF;
  let closed = false;

  function begin(epoch: Epoch & { provenAt: number }): void {
    current = epoch;
    events.onEpoch(epoch);
  }

  /** A node came, went, proved itself or was lost. */
  function recount(): void {
    if (closed) return;
    const proofs = [...nodes.values()].map((node) => node.provenAt());
    const provenAt = proofs.length === 0 ? undefined : proofs.reduce(earlier);
    if (provenAt === undefined) {
      if (current.live) begin(CUT_OFF);
    } else if (!current.live) {
      begin({ live: true, provenAt });
    } else {
      current.provenAt = provenAt;
    }
  }

  function follow(): void {
    if (closed) return;
    const known = new Map(link.nodes().map((node) => [node.id, node]));
    for (const [id, node] of nodes) {
      if (known.has(id)) continue;
      node.close();
      nodes.delete(id);
    }
    for (const [id, node] of known) {
      if (nodes.has(id)) continue;
      nodes.set(
        id,
        trackNode(node, layout, {
          onKeys: events.onKeys,
          onFlush: events.onFlush,
          onProof: recount,
          onLost: () => {
            // What was missed is unknown, also where the connection is back before anybody looked.
            if (current.live) begin(CUT_OFF);
            recount();
          },
        }),
      );
    }
    recount();
  }

  link.onNodes(follow);
  follow();

  return {
    close() {
      closed = true;
      for (const node of nodes.values()) node.close();
      nodes.clear();
    },
  };
}

interface NodeTracker {
  /** Undefined while nothing is pushed. */
  provenAt(): number | undefined;
  close(): void;
}

interface NodeEvents {
  readonly onKeys: (keys: readonly string[]) => void;
  readonly onFlush: () => void;
  readonly onProof: () => void;
  readonly onLost: () => void;
}

function trackNode(node: RedisNode, layout: KeyLayout, events: NodeEvents): NodeTracker {
  const selfTestKey = layout.selfTest(randomUUID());
  const { roles, serviceAccountKey, revoked } = layout.prefixes;
  const prefixes = [roles, serviceAccountKey, revoked, selfTestKey].flatMap((prefix) => ['PREFIX', prefix]);
  const client = node.subscriber();
  let provenAt: number | undefined;
  let selfTestSeen = () => {};
  let connection = 0;
  let beating = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  client.on('error', () => {});
  client.on('ready', () => void start());
  client.on('close', lose);
  client.on('messageBuffer', (_channel: Buffer, keys: unknown) => receive(keys));

  function lose(): void {
    connection++;
    if (provenAt === undefined) return;
    provenAt = undefined;
    events.onLost();
  }

  function receive(message: unknown): void {
    if (message === null || !Array.isArray(message)) {
      events.onFlush();
      return;
    }
    const keys = message.map(String);
    if (keys.includes(selfTestKey)) selfTestSeen();
    events.onKeys(keys.filter((key) => key !== selfTestKey));
  }

  async function start(): Promise<void> {
    const mine = ++connection;
    try {
      const id = String(await client.call('CLIENT', 'ID'));
      await client.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes);
      await client.subscribe(CHANNEL);
      if (!(await selfTest())) throw new Error('the server takes CLIENT TRACKING but pushes nothing');
      const sentAt = performance.now();
      await client.ping();
      if (mine === connection) prove(sentAt);
    } catch {
      // Refused (an ACL, a proxy, a server before 6.0) or too slow: tried again, on a new connection, less and less often.
      const wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++) * (0.5 + Math.random() / 2);
      retry = setTimeout(() => {
        if (mine === connection) client.disconnect(true);
      }, wait);
      retry.unref();
    }
  }

  /** Whether a change reaches us. Nobody can tell where writing is refused. */
  async function selfTest(): Promise<boolean> {
    const seen = new Promise<boolean>((resolve) => {
      selfTestSeen = () => resolve(true);
      setTimeout(resolve, SELF_TEST_MS, false).unref();
    });
    try {
      await node.call('SET', selfTestKey, '1', 'PX', String(SELF_TEST_KEEPS_MS));
    } catch (error) {
      return isReplyError(error);
    }
    return seen;
  }

  function prove(sentAt: number): void {
    provenAt = sentAt;
    failures = 0;
    events.onProof();
  }

  async function beat(): Promise<void> {
    if (provenAt === undefined || beating) return;
    const mine = connection;
    beating = true;
    try {
      const sentAt = performance.now();
      await client.ping();
      if (mine === connection) prove(sentAt);
    } catch {
      // Late is not lost: until it proves itself nothing is believed for longer, and the client drops a silent one.
    } finally {
      beating = false;
    }
  }

  const timer = setInterval(() => void beat(), HEARTBEAT_MS);
  timer.unref();

  return {
    provenAt: () => provenAt,
    close() {
      clearInterval(timer);
      clearTimeout(retry);
      connection++;
      client.removeAllListeners();
      client.on('error', () => {});
      client.disconnect();
    },
  };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.min(a, b);
}

/** The server answered, and said no. */
export function isReplyError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
