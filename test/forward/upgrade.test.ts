import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthProxyError } from '../../src/domain/errors.js';
import type { ForwardJob } from '../../src/forward/job.js';
import { createLiveStreams } from '../../src/forward/live-streams.js';
import {
  createUpgrade,
  type TunnelEnd,
  type UpgradeOptions,
  type UpgradeResult,
} from '../../src/forward/upgrade.js';
import { jobOf, PLACE } from './fixtures.js';
import { closeAll, rawUpstream, sleep, until, whenClosing } from './rig.js';

afterEach(closeAll);

/** RFC 6455 1.3, its own example. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

const HANDSHAKE = {
  Host: 'h',
  Connection: 'keep-alive, Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': KEY,
};

function handshake(changes: Record<string, string | undefined> = {}, line = 'GET /ws HTTP/1.1'): string {
  const fields = Object.entries({ ...HANDSHAKE, ...changes }).filter(([, value]) => value !== undefined);
  return `${[line, ...fields.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`;
}

function switching(...extra: string[]): string {
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    ...extra,
    '',
    '',
  ].join('\r\n');
}

const GOOD = switching(`Sec-WebSocket-Accept: ${ACCEPT}`);

/** Greets with the given bytes, then echoes. */
function echoing(greeting: string): (socket: Socket) => void {
  return (socket) => {
    let greeted = false;
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (greeted) socket.write(`<${text}>`);
      else if (text.includes('\r\n\r\n')) {
        greeted = true;
        socket.write(greeting);
        const early = text.slice(text.indexOf('\r\n\r\n') + 4);
        if (early !== '') socket.write(`<${early}>`);
      }
    });
  };
}

async function door(
  upstreamPort: number,
  options: Partial<UpgradeOptions> = {},
  job: Partial<ForwardJob> = {},
) {
  const streams = createLiveStreams();
  const upgrade = createUpgrade({
    origin: `http://127.0.0.1:${upstreamPort}`,
    place: PLACE,
    connectTimeoutMs: 500,
    firstByteTimeoutMs: 500,
    idleTimeoutMs: 5000,
    maxLifetimeMs: 60_000,
    maxTunnels: 4,
    streams,
    ...options,
  });
  const results: UpgradeResult[] = [];
  const ends: TunnelEnd[] = [];
  const server = createServer();
  server.on('upgrade', (req, socket, head) => {
    socket.on('error', () => undefined);
    void upgrade
      .upgrade(req, socket, head, jobOf({ target: '/quasar/airflow/api/task/events/', ...job }))
      .then((result) => {
        results.push(result);
        if (result.kind === 'tunnelled') void result.closed.then((end) => ends.push(end));
        else socket.end(`HTTP/1.1 599 ${result.reason}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  whenClosing(() => {
    upgrade.closeAll('shutting-down');
    server.close();
  });
  return { port, upgrade, streams, results, ends };
}

function dial(port: number, bytes: string) {
  const socket = connect(port, '127.0.0.1');
  const client = { socket, text: '' };
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    client.text += chunk.toString('latin1');
  });
  socket.write(bytes, 'latin1');
  return client;
}

describe('a tunnel', () => {
  it('opens after a right handshake on both sides and carries bytes both ways', async () => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port, results, upgrade } = await door(upstream.port);
    const client = dial(port, handshake());
    await until(() => client.text.includes('\r\n\r\n'));
    client.socket.write('ping');
    await until(() => client.text.endsWith('<ping>'));
    expect(results).toMatchObject([{ kind: 'tunnelled' }]);
    expect(upgrade.stats()).toEqual({ open: 1, pending: 0 });
    client.socket.destroy();
    await until(() => upgrade.stats().open === 0);
  });

  it('has the headers of every forwarded request, and the judged target', async () => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port } = await door(upstream.port, {}, { target: '/quasar/airflow/x%2Fy?a=b&c' });
    const client = dial(
      port,
      handshake({
        Authorization: 'Bearer platform',
        Cookie: 'platform_token=t; a=1',
        X_Remote_User: 'root',
        Origin: 'https://o',
      }),
    );
    await until(() => client.text.includes('\r\n\r\n'));
    const [line, ...fields] = (upstream.received[0] ?? '').trimEnd().split('\r\n');
    expect(line).toBe('GET /quasar/airflow/x%2Fy?a=b&c HTTP/1.1');
    expect(fields.map((field) => field.toLowerCase()).sort()).toEqual(
      [
        'host: airflow.example.com',
        `sec-websocket-key: ${KEY.toLowerCase()}`,
        'sec-websocket-version: 13',
        'origin: https://o',
        'cookie: a=1',
        'x-forwarded-for: 203.0.113.7',
        'x-forwarded-proto: https',
        'x-forwarded-host: airflow.example.com',
        'authorization: bearer ours',
        'connection: upgrade',
        'upgrade: websocket',
      ].sort(),
    );
  });

  it('has its 101 made by us, filtered like every answer', async () => {
    const extra = [
      `Sec-WebSocket-Accept: ${ACCEPT}`,
      'Set-Cookie: _token=x',
      'Set-Cookie: a=1; Path=/',
      'Server: tornado',
    ];
    const upstream = await rawUpstream(echoing(switching(...extra)));
    const { port } = await door(upstream.port);
    const client = dial(port, handshake());
    await until(() => client.text.includes('\r\n\r\n'));
    expect(client.text.split('\r\n')).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'connection: Upgrade',
      'upgrade: websocket',
      `Sec-WebSocket-Accept: ${ACCEPT}`,
      'Set-Cookie: a=1; Path=/quasar/airflow',
      'cache-control: private',
      '',
      '',
    ]);
  });

  it('keeps bytes sent ahead until the 101 is there', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => setTimeout(() => socket.write(GOOD), 100));
    });
    const { port } = await door(upstream.port);
    const client = dial(port, `${handshake()}early`);
    await sleep(60);
    expect(upstream.received[0]).toMatch(/\r\n\r\n$/);
    await until(() => (upstream.received[0] ?? '').endsWith('\r\n\r\nearly'));
    client.socket.destroy();
  });

  it('delivers what the upstream said last', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => {
        socket.write(GOOD);
        setTimeout(() => socket.end('y'.repeat(500_000)), 30);
      });
    });
    const { port, ends } = await door(upstream.port);
    const client = dial(port, handshake());
    await once(client.socket, 'close');
    expect(client.text.endsWith('y'.repeat(500_000))).toBe(true);
    await until(() => ends.length === 1);
    expect(ends).toEqual(['closed']);
  });

  it('takes the upstream with it when the client leaves', async () => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port, ends } = await door(upstream.port);
    const client = dial(port, handshake());
    await until(() => client.text.includes('\r\n\r\n'));
    client.socket.resetAndDestroy();
    await until(() => upstream.sockets[0]?.destroyed === true);
    await until(() => ends.length === 1);
  });

  it.each([
    ['idle', { idleTimeoutMs: 80 }],
    ['lifetime', { maxLifetimeMs: 80 }],
  ] as const)('ends by its %s timeout on both sides', async (end, options) => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port, ends, upgrade } = await door(upstream.port, options);
    const client = dial(port, handshake());
    await once(client.socket, 'close');
    await until(() => upstream.sockets[0]?.destroyed === true);
    expect(ends).toEqual([end]);
    expect(upgrade.stats()).toEqual({ open: 0, pending: 0 });
  });

  it('is not idle while bytes pass', async () => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port, ends } = await door(upstream.port, { idleTimeoutMs: 150 });
    const client = dial(port, handshake());
    for (let i = 0; i < 6; i++) {
      await sleep(60);
      client.socket.write('x');
    }
    expect(ends).toEqual([]);
    client.socket.destroy();
  });

  it('ends when its person is revoked, and with closeAll', async () => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port, ends, streams, upgrade } = await door(upstream.port, {}, { subject: 'ada' });
    const first = dial(port, handshake());
    await until(() => first.text.includes('\r\n\r\n'));
    expect(streams.abortSubject('ada', 'revoked')).toBe(1);
    await until(() => first.socket.destroyed);
    const second = dial(port, handshake());
    await until(() => second.text.includes('\r\n\r\n'));
    upgrade.closeAll('shutting-down');
    await until(() => second.socket.destroyed);
    await until(() => ends.length === 2);
    expect(ends).toEqual(['revoked', 'shutting-down']);
    expect(streams.list()).toEqual([]);
  });

  it('takes one of the protocols that were offered', async () => {
    const upstream = await rawUpstream(
      echoing(switching(`Sec-WebSocket-Accept: ${ACCEPT}`, 'Sec-WebSocket-Protocol: b')),
    );
    const { port } = await door(upstream.port);
    const client = dial(port, handshake({ 'Sec-WebSocket-Protocol': 'a, b' }));
    await until(() => client.text.includes('Sec-WebSocket-Protocol: b\r\n'));
    client.socket.destroy();
  });
});

describe('no tunnel opens', () => {
  it.each([
    ['another method', handshake({}, 'POST /ws HTTP/1.1')],
    ['HTTP/1.0', handshake({}, 'GET /ws HTTP/1.0')],
    ['another protocol', handshake({ Upgrade: 'h2c' })],
    ['another version', handshake({ 'Sec-WebSocket-Version': '8' })],
    ['no version', handshake({ 'Sec-WebSocket-Version': undefined })],
    ['no key', handshake({ 'Sec-WebSocket-Key': undefined })],
    ['a short key', handshake({ 'Sec-WebSocket-Key': 'YWJj' })],
    ['two keys', handshake({ 'sec-websocket-KEY': KEY })],
    ['a body', handshake({ 'Content-Length': '3' })],
  ])('with %s, and the upstream hears nothing', async (_name, bytes) => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port } = await door(upstream.port);
    const client = dial(port, bytes);
    await once(client.socket, 'close');
    expect(client.text).toMatch(/^HTTP\/1\.1 599 ambiguous-request/);
    expect(upstream.received).toEqual([]);
  });

  it.each([
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
    ['400', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
    [
      '426 with a second answer behind it',
      'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    ],
    ['101 without an accept', switching()],
    [
      '101 for another key',
      switching(`Sec-WebSocket-Accept: ${createHash('sha1').update('x').digest('base64')}`),
    ],
    ['101 with two accepts', switching(`Sec-WebSocket-Accept: ${ACCEPT}`, `Sec-WebSocket-Accept: ${ACCEPT}`)],
    ['101 to h2c', GOOD.replace('websocket', 'h2c')],
    [
      '101 with a protocol nobody offered',
      switching(`Sec-WebSocket-Accept: ${ACCEPT}`, 'Sec-WebSocket-Protocol: z'),
    ],
  ])('after %s of the upstream: nothing of it is relayed, and both sockets go', async (_name, answer) => {
    const upstream = await rawUpstream(echoing(answer));
    const { port, upgrade } = await door(upstream.port);
    const client = dial(port, `${handshake()}GET /variable/list/ HTTP/1.1\r\n\r\n`);
    await once(client.socket, 'close');
    expect(client.text).toBe('HTTP/1.1 599 upstream-invalid\r\nConnection: close\r\n\r\n');
    await until(() => upstream.sockets[0]?.destroyed === true);
    expect(upstream.received[0]).not.toContain('/variable/list/');
    expect(upgrade.stats()).toEqual({ open: 0, pending: 0 });
  });

  it('with an upstream that is not there', async () => {
    const upstream = await rawUpstream((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { port } = await door(upstream.port);
    const client = dial(port, handshake());
    await once(client.socket, 'close');
    expect(client.text).toMatch(/^HTTP\/1\.1 599 upstream-unreachable/);
  });

  it('with an upstream that never answers', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port } = await door(upstream.port, { firstByteTimeoutMs: 80 });
    const client = dial(port, handshake());
    await once(client.socket, 'close');
    expect(client.text).toMatch(/^HTTP\/1\.1 599 upstream-timeout/);
    await until(() => upstream.sockets[0]?.destroyed === true);
  });

  it('above the limit', async () => {
    const upstream = await rawUpstream(echoing(GOOD));
    const { port } = await door(upstream.port, { maxTunnels: 1 });
    const first = dial(port, handshake());
    await until(() => first.text.includes('\r\n\r\n'));
    const second = dial(port, handshake());
    await once(second.socket, 'close');
    expect(second.text).toMatch(/^HTTP\/1\.1 599 overloaded/);
    expect(upstream.received).toHaveLength(1);
  });

  it('for one who is revoked during the handshake', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, streams } = await door(upstream.port, {}, { subject: 'ada' });
    const client = dial(port, handshake());
    await until(() => upstream.received.length === 1);
    streams.abortSubject('ada', 'revoked');
    await once(client.socket, 'close');
    expect(client.text).toMatch(/^HTTP\/1\.1 599 revoked/);
    await until(() => upstream.sockets[0]?.destroyed === true);
  });

  it('with options that make no sense', () => {
    const options = {
      origin: 'http://h',
      place: PLACE,
      connectTimeoutMs: 1,
      firstByteTimeoutMs: 1,
      idleTimeoutMs: 1,
      maxLifetimeMs: 1,
      maxTunnels: 0,
    };
    expect(() => createUpgrade(options)).toThrow(AuthProxyError);
  });
});
