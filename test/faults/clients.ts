import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Clients {
  /** Sends so many requests, or what fits into the time; how often each status came back. */
  send(count: number, timeoutMs?: number): Promise<ReadonlyMap<number, number>>;
  close(): void;
}

export interface ClientsOptions {
  readonly port: number;
  /** A good token; others are made up. */
  readonly token: string;
  readonly connections: number;
}

/** How many requests one connection sends before it is replaced. */
const PER_CONNECTION = 500;

/** Keep-alive connections that send random paths with a good token, a made-up one, or none. */
export function createClients(options: ClientsOptions): Clients {
  const open = new Set<Socket>();
  return {
    async send(count, timeoutMs = Number.POSITIVE_INFINITY) {
      const end = Date.now() + timeoutMs;
      const statuses = new Map<number, number>();
      let left = count;
      const lane = async () => {
        while (left > 0 && Date.now() < end) {
          const batch = Math.min(PER_CONNECTION, left);
          left -= batch;
          left += batch - (await converse(options, batch, statuses, open));
        }
      };
      await Promise.all(Array.from({ length: options.connections }, lane));
      return statuses;
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

function converse(
  { port, token }: ClientsOptions,
  count: number,
  statuses: Map<number, number>,
  open: Set<Socket>,
): Promise<number> {
  return new Promise((resolve) => {
    let sent = 0;
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    open.add(socket);
    socket.setEncoding('latin1');
    const next = () => {
      if (sent === count) socket.end();
      else socket.write(requestOf(sent++, port, token));
    };
    socket.on('connect', next);
    socket.on('data', (chunk) => {
      text += chunk;
      const taken = firstAnswer(text);
      if (taken === undefined) return;
      statuses.set(taken.status, (statuses.get(taken.status) ?? 0) + 1);
      text = '';
      next();
    });
    socket.on('error', () => undefined);
    // An ambiguous request ends its connection; the lane goes on with a new one.
    socket.on('close', () => {
      open.delete(socket);
      resolve(sent);
    });
  });
}

function firstAnswer(text: string): { status: number } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const status = Number(text.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  const whole =
    length === undefined
      ? status === 204 || text.endsWith('0\r\n\r\n')
      : text.length >= end + 4 + Number(length);
  return whole ? { status } : undefined;
}

function requestOf(number: number, port: number, token: string): string {
  const random = randomBytes(9).toString('hex');
  const [path, credential] = [
    [`/quasar/airflow/api/v2/dags/${random}`, token],
    [`/quasar/airflow/api/v2/connections/${random}`, token],
    [`/quasar/airflow/${random}/${random}`, token],
    [`/${random}/airflow/home`, token],
    [`/quasar/airflow/api/v2/dags/${random}`, `${random}.${random}.${random}`],
    [`/quasar/airflow/api/v2/dags/${random}`, undefined],
    [`/quasar//airflow/${random}`, token],
    [`/old/airflow/dags/${random}/grid`, token],
  ][number % 8] as [string, string | undefined];
  const authorization = credential === undefined ? '' : `Authorization: Bearer ${credential}\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${authorization}\r\n`;
}
