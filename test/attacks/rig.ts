import { connect } from 'node:net';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from '../e2e/fixtures/gateway.js';

/** Where the Deployments of the rig stand. */
export const BASES = {
  a3: '/quasar/airflow',
  a2: '/old/airflow',
  a1: '/elder/airflow',
  f2: '/quasar/flower',
  f0: '/elder/flower',
} as const;

export interface ProductOptions {
  /** Laid over `server:`. */
  readonly server?: Readonly<Record<string, unknown>>;
  readonly audit?: Readonly<Record<string, unknown>>;
}

/** The built product in front of one upstream for every service. */
export async function startProduct(
  upstreamPort: number,
  options: ProductOptions = {},
): Promise<RunningGateway> {
  const site = await createGatewaySite();
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  site.write('airflow-secret', 'a'.repeat(64));
  site.write('flower-password', 'canary-flower-password');
  const flower = { profile: 'basic', username: 'proxy', passwordFile: './flower-password' };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [
      {
        id: 'quasar',
        workspace: 'data-team',
        airflow: {
          version: '3.3',
          upstream,
          identity: { profile: 'airflow3-hs512', secretFile: './airflow-secret' },
        },
        flower: { version: '2.2', upstream, identity: flower },
      },
      {
        id: 'old',
        workspace: 'data-team',
        airflow: { version: '2.11', upstream, identity: { profile: 'airflow2' } },
      },
      {
        id: 'elder',
        workspace: 'data-team',
        airflow: { version: '1.10', upstream, identity: { profile: 'astro-sm', audience: 'elder' } },
        flower: { version: '0.9', upstream, identity: flower },
      },
    ],
    overrides: {
      server: {
        listen: `127.0.0.1:${site.publicPort}`,
        adminListen: `127.0.0.1:${site.adminPort}`,
        publicUrl: site.publicUrl,
        stateDir: './state',
        ...options.server,
      },
      ...(options.audit === undefined ? {} : { audit: options.audit }),
    },
  });
  return startGateway(site);
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawExchange {
  /** Final answers in order; interim ones are counted apart. */
  readonly answers: readonly RawAnswer[];
  readonly interim: number;
  readonly closed: boolean;
  readonly bytes: string;
}

export interface RawOptions {
  /** Answers to wait for. */
  readonly answers?: number;
  /** Also wait for the gateway to close. */
  readonly untilClosed?: boolean;
  /** Sends the bytes in pieces cut here. */
  readonly split?: readonly number[];
  readonly timeoutMs?: number;
  readonly halfClose?: boolean;
}

/** Writes bytes to a socket, one character a byte, and reads what comes back. No client library in between. */
export async function sendRaw(port: number, bytes: string, options: RawOptions = {}): Promise<RawExchange> {
  const { answers: wanted = 1, untilClosed = false, split = [], timeoutMs = 3000 } = options;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  let received = '';
  let closed = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk) => {
    received += chunk;
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
    wake();
  });
  let from = 0;
  for (const end of [...split, bytes.length]) {
    socket.write(bytes.slice(from, end), 'latin1');
    from = end;
    if (end !== bytes.length) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (options.halfClose) socket.end();
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const read = readAnswers(received, /^HEAD /.test(bytes));
    const enough = read.answers.length >= wanted && (!untilClosed || closed);
    if (enough || closed || Date.now() >= deadline) {
      socket.destroy();
      return { ...read, closed, bytes: received };
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function readAnswers(text: string, bodiless: boolean): Pick<RawExchange, 'answers' | 'interim'> {
  const answers: RawAnswer[] = [];
  let interim = 0;
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return { answers, interim };
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
    const status = Number(line.split(' ')[1]);
    const headers = new Map(
      fields.map((field): [string, string] => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    );
    rest = rest.slice(end + 4);
    if (status < 200 && status !== 101) {
      interim++;
      continue;
    }
    const none = bodiless || status === 204 || status === 304 || status === 101;
    const length = none ? 0 : Number(headers.get('content-length') ?? Number.NaN);
    let body = rest;
    if (headers.get('transfer-encoding') === 'chunked' && !none) {
      const last = rest.indexOf('0\r\n\r\n');
      if (last === -1) return { answers, interim };
      body = rest.slice(0, last);
      rest = rest.slice(last + 5);
    } else if (!Number.isNaN(length)) {
      if (rest.length < length) return { answers, interim };
      body = rest.slice(0, length);
      rest = rest.slice(length);
    } else {
      rest = '';
    }
    answers.push({ status, headers, body });
  }
}
