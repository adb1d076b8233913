import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRaw, startProduct } from '../attacks/rig.js';
import type { RunningGateway } from '../e2e/fixtures/gateway.js';

const FIRST_BYTE_MS = 400;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** The built product before an upstream that misbehaves in one way a test. */
describe('an upstream that', () => {
  let gateway: RunningGateway;
  let server: Server;
  let token: string;
  let behave: (socket: Socket, request: string) => void = () => undefined;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => behave(socket, chunk.toString('latin1')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    gateway = await startProduct((server.address() as AddressInfo).port, {
      server: { timeouts: { firstByteMs: FIRST_BYTE_MS, idleMs: 500, connectMs: 500 } },
    });
    token = await gateway.platform.mint('ada');
  }, 60_000);

  afterEach(async () => {
    // Whatever the upstream did, the next caller is served and nothing is left open.
    behave = (socket) => socket.write(OK);
    const { answers } = await ask('GET');
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  afterAll(async () => {
    await gateway?.stop();
    for (const socket of sockets) socket.destroy();
    server?.close();
  });

  function ask(method: string, timeoutMs = 4000) {
    const head = `${method} /quasar/airflow/api/v2/dags/d HTTP/1.1\r\nHost: localhost:${gateway.publicPort}\r\nAuthorization: Bearer ${token}\r\n`;
    const body = method === 'GET' ? '\r\n' : 'Content-Length: 2\r\n\r\n{}';
    return sendRaw(gateway.publicPort, `${head}${body}`, { timeoutMs });
  }

  it.each([
    ['closes at once', (socket: Socket) => socket.end(), 502],
    ['resets at once', (socket: Socket) => socket.resetAndDestroy(), 502],
    ['says nothing', () => undefined, 504],
    ['answers no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 502],
    [
      'resets in the middle of its head',
      (socket: Socket) => cut(socket, 'HTTP/1.1 200 OK\r\ncontent-le'),
      502,
    ],
    [
      'sends a length and an encoding',
      framed('content-length: 2\r\ntransfer-encoding: chunked', '0\r\n\r\n'),
      502,
    ],
    ['sends two lengths', framed('content-length: 2\r\ncontent-length: 3', 'okk'), 502],
    ['sends an encoding with a tab', framed('transfer-encoding: chunked\t', '2\r\nok\r\n0\r\n\r\n'), 502],
    [
      'sends a body with 204',
      (socket: Socket) => socket.write('HTTP/1.1 204 No\r\ncontent-length: 2\r\n\r\nok'),
      502,
    ],
    [
      'switches protocols unasked',
      (socket: Socket) => socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'),
      502,
    ],
    ['sends a header with a bare line feed', framed('x: a\ny: b\ncontent-length: 2', 'ok'), 502],
    ['sends 64 KiB of header', framed(`x: ${'a'.repeat(70_000)}\r\ncontent-length: 2`, 'ok'), 502],
  ])('%s is answered for by us', async (_, way, status) => {
    behave = way;
    for (const method of ['GET', 'PATCH']) {
      const { answers } = await ask(method);
      expect(answers.map((answer) => answer.status)).toEqual([status]);
      expect(answers[0]?.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('floods interim answers gets no more than one answer through', async () => {
    behave = (socket) => socket.write(`${'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(200)}${OK}`);
    const { answers } = await ask('GET');
    expect(answers).toHaveLength(1);
    expect([200, 502]).toContain(answers[0]?.status);
  });

  it('adds bytes behind its answer never gives them to the next caller', async () => {
    behave = (socket) => socket.write(`${OK}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen`);
    const texts = [];
    for (let i = 0; i < 5; i++) texts.push((await ask('GET')).bytes);
    expect(texts.join('')).not.toContain('stolen');
  });

  it('breaks off in the middle of its body leaves an answer that looks broken', async () => {
    behave = (socket) => cut(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n');
    const { answers, closed, bytes } = await ask('GET');
    expect(answers).toEqual([]);
    expect(closed).toBe(true);
    expect(bytes).toMatch(/^HTTP\/1\.1 200/);
  });

  it('is told when the caller leaves', async () => {
    let left = false;
    behave = (socket) =>
      socket.once('close', () => {
        left = true;
      });
    await ask('GET', 100);
    const until = Date.now() + 2000;
    while (!left && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(left).toBe(true);
  });

  it('gets a write once, whatever happens to it', async () => {
    let seen = 0;
    behave = (socket) => {
      seen++;
      socket.resetAndDestroy();
    };
    await ask('PATCH');
    expect(seen).toBe(1);
  });
});

describe('an upstream that is not there', () => {
  it('is answered for by us, and told apart from a denial', async () => {
    const gateway = await startProduct(1);
    try {
      const allowed = await gateway.fetch('vic', '/quasar/airflow/api/v2/dags');
      expect([allowed.status, allowed.headers.get('x-auth-proxy-reason')]).toEqual([
        502,
        'upstream-unreachable',
      ]);
      const denied = await gateway.fetch('vic', '/quasar/airflow/api/v2/connections');
      expect(denied.status).toBe(403);
    } finally {
      await gateway.stop();
    }
  }, 60_000);
});

function framed(headers: string, body: string): (socket: Socket) => void {
  return (socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`);
}

function cut(socket: Socket, bytes: string): void {
  socket.write(bytes, () => socket.resetAndDestroy());
}
