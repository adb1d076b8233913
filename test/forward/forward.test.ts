import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthProxyError } from '../../src/domain/errors.js';
import { createForward } from '../../src/forward/forward.js';
import { createRefusal } from '../../src/forward/refusal.js';
import { createAirflow3Menus } from '../../src/forward/transform/airflow3-menus.js';
import { PLACE } from './fixtures.js';
import {
  answering,
  closeAll,
  exchangeRaw,
  front,
  get,
  httpUpstream,
  rawUpstream,
  sleep,
  until,
} from './rig.js';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a forwarded request', () => {
  it('reaches the upstream once, with the judged target and our headers, and nothing else', async () => {
    const upstream = await rawUpstream(answering(OK));
    const { port, result } = await front(upstream.port, {}, { target: '/quasar/airflow/x%2Fy?b=2&a=%C3%A9' });
    const answer = await exchangeRaw(
      port,
      get('/something/else', 'Authorization: Bearer platform', 'X_Remote_User: root'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\n\r\nok$/);
    expect(upstream.received).toEqual([
      [
        'GET /quasar/airflow/x%2Fy?b=2&a=%C3%A9 HTTP/1.1',
        'host: airflow.example.com',
        'connection: keep-alive',
        'x-forwarded-for: 203.0.113.7',
        'x-forwarded-proto: https',
        'x-forwarded-host: airflow.example.com',
        'authorization: Bearer ours',
        '',
        '',
      ].join('\r\n'),
    ]);
    expect(await result()).toMatchObject({ kind: 'answered', status: 200, upstreamDenied: false });
  });

  it('has its answer rewritten on the way back', async () => {
    const upstream = await rawUpstream(
      answering(
        [
          'HTTP/1.1 302 Found',
          'Location: http://airflow.example.com/quasar/airflow/home',
          'Set-Cookie: session=s; Path=/',
          'Set-Cookie: _token=t',
          'Access-Control-Allow-Credentials: true',
          'Connection: x-pod',
          'X-Pod: 10.0.0.7',
          'Server: gunicorn',
          'Content-Length: 0',
          '',
          '',
        ].join('\r\n'),
      ),
    );
    const { port } = await front(upstream.port, {}, { responseHeaders: [['x-request-id', 'r-1']] });
    const [head] = (await exchangeRaw(port, get('/'))).split('\r\n\r\n');
    const lines = (head ?? '').split('\r\n').filter((line) => !/^Date:/.test(line));
    expect(lines).toEqual([
      'HTTP/1.1 302 Found',
      'Location: https://airflow.example.com/quasar/airflow/home',
      'Set-Cookie: session=s; Path=/quasar/airflow',
      'cache-control: private',
      'content-length: 0',
      'x-request-id: r-1',
      'Connection: close',
    ]);
  });

  it.each([
    ['GET', ''],
    ['HEAD', ''],
    ['DELETE', ''],
    ['POST', 'content-length: 0\r\n'],
    ['PUT', 'content-length: 0\r\n'],
  ])('as %s without a body says no length but where the method means one', async (method, framing) => {
    const upstream = await rawUpstream(answering('HTTP/1.1 204 No Content\r\n\r\n'));
    const { port } = await front(upstream.port);
    await exchangeRaw(port, `${method} /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    const [, fields = ''] = /^[^\n]*\n([\s\S]*)\r\n$/.exec(upstream.received[0] ?? '') ?? [];
    expect(fields.match(/^(?:content-length|transfer-encoding).*\r\n/gim) ?? []).toEqual(
      framing === '' ? [] : [framing],
    );
  });

  it.each(['DELETE', 'POST', 'PUT', 'PATCH'])(
    'as %s keeps a chunked body framed (CVE-2026-29057)',
    async (method) => {
      const upstream = await rawUpstream((socket) => {
        socket.on('data', (chunk) => {
          if (chunk.toString('latin1').endsWith('0\r\n\r\n')) socket.write(OK);
        });
      });
      const { port } = await front(upstream.port);
      const smuggled = 'x\r\n\r\nGET /variable/list/ HTTP/1.1\r\nHost: h\r\n\r\n';
      const client = connect(port, '127.0.0.1');
      client.write(
        `${method} /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`,
      );
      // In two writes, so that its length is not known when the head goes out.
      await sleep(20);
      client.write(`${smuggled.length.toString(16)}\r\n${smuggled}\r\n`);
      await sleep(20);
      client.end('0\r\nTrailer-Field: x\r\n\r\n');
      await once(client.resume(), 'close');
      const [head, ...body] = (upstream.received[0] ?? '').split('\r\n\r\n');
      expect(head).toMatch(/\r\ntransfer-encoding: chunked/);
      expect(head).not.toMatch(/content-length/i);
      expect(body.join('\r\n\r\n')).toBe(`${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`);
    },
  );

  it('keeps a declared length', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.on('data', (chunk) => {
        if (chunk.toString('latin1').endsWith('hello')) socket.write(OK);
      });
    });
    const { port } = await front(upstream.port);
    await exchangeRaw(
      port,
      'DELETE /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
    );
    expect(upstream.received[0]).toMatch(/\r\ncontent-length: 5\r\n\r\nhello$/);
    expect(upstream.received[0]).not.toMatch(/transfer-encoding/i);
  });

  it.each(['GET', 'HEAD'])('as %s with a body never reaches the upstream', async (method) => {
    const upstream = await rawUpstream(answering(OK));
    const { port, result } = await front(upstream.port);
    await exchangeRaw(
      port,
      `${method} / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`,
    );
    expect(await result()).toMatchObject({ reason: 'ambiguous-request', responseStarted: false });
    expect(upstream.received).toEqual([]);
  });

  it('streams both bodies with back-pressure', async () => {
    const MEGABYTES = 24;
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const upstream = await httpUpstream((req, res) => {
      res.writeHead(200, { 'content-type': 'application/octet-stream' });
      req.pipe(res);
    });
    const { port, result } = await front(upstream.port, { idleTimeoutMs: 10_000 });
    const client = request({ port, method: 'POST', path: '/echo' });
    let written = 0;
    let received = 0;
    let stuckAt = 0;
    const uploading = (async () => {
      for (let i = 0; i < MEGABYTES; i++) {
        written += chunk.length;
        if (!client.write(chunk)) await once(client, 'drain');
      }
      client.end();
    })();
    const [answer] = await once(client, 'response');
    // Nobody reads the answer: the upload has to come to a stop long before its end.
    await until(() => {
      const stuck = stuckAt === written;
      stuckAt = written;
      return stuck;
    });
    await sleep(200);
    expect(written).toBeLessThan(MEGABYTES * chunk.length);
    answer.on('data', (part: Buffer) => {
      received += part.length;
    });
    await Promise.all([uploading, once(answer, 'end')]);
    expect(received).toBe(MEGABYTES * chunk.length);
    expect(await result()).toMatchObject({ kind: 'answered', status: 200 });
  }, 20_000);

  it('has the head of a silent stream at once', async () => {
    const upstream = await rawUpstream(answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
    const { port } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write(get('/logs'));
    const [head] = await once(client, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 200 OK/);
    client.destroy();
  });

  it('has no body for HEAD, but its length', async () => {
    const upstream = await rawUpstream(answering('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n'));
    const { port } = await front(upstream.port);
    const answer = await exchangeRaw(port, 'HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/content-length: 7\r\n[\s\S]*\r\n\r\n$/);
  });

  it('passes encodings through untouched', async () => {
    const upstream = await rawUpstream(
      answering('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\xff\x00'),
    );
    const { port } = await front(upstream.port);
    expect(await exchangeRaw(port, get('/'))).toMatch(
      /Content-Encoding: gzip\r\n[\s\S]*\r\n\r\n\x1f\x8b\xff\x00$/,
    );
  });

  it('ignores 103 before the answer', async () => {
    const upstream = await rawUpstream(answering(`HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${OK}`));
    const { port } = await front(upstream.port);
    expect(await exchangeRaw(port, get('/'))).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*ok$/);
  });

  it('takes an answer that ends with the connection', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nold')),
    );
    const { port, result } = await front(upstream.port);
    expect(await exchangeRaw(port, get('/'))).toMatch(/old/);
    expect(await result()).toMatchObject({ kind: 'answered' });
  });

  it('may get 304 with the length of what was not sent', async () => {
    const upstream = await rawUpstream(
      answering('HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: "x"\r\n\r\n'),
    );
    const { port, result } = await front(upstream.port);
    const answer = await exchangeRaw(port, get('/', 'If-None-Match: "x"'));
    expect(answer).toMatch(/^HTTP\/1\.1 304 Not Modified\r\nETag: "x"\r\n/);
    expect(await result()).toMatchObject({ kind: 'answered', status: 304 });
  });
});

describe('an upstream that misbehaves', () => {
  it.each([
    ['length and chunked', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['chunked with a tab', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    [
      'a bare line feed in a header',
      'HTTP/1.1 200 OK\r\nX-A: a\nSet-Cookie: b=1\r\nContent-Length: 0\r\n\r\n',
    ],
    ['204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok'],
    ['101 unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['101 to nothing', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a flood of 1xx', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(9) + OK],
    ['a header of 64 KiB', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(65_536)}\r\nContent-Length: 2\r\n\r\nok`],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ])('with %s is `upstream-invalid`, and its connection is not used again', async (_name, bytes) => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => {
        socket.write(bytes, 'latin1');
        if (bytes.endsWith('Content-Le')) socket.end();
      }),
    );
    const { port, result, forward } = await front(upstream.port);
    expect(await exchangeRaw(port, get('/'))).toMatch(/^HTTP\/1\.1 599 /);
    expect(await result()).toMatchObject({
      kind: 'failed',
      reason: 'upstream-invalid',
      responseStarted: false,
    });
    await until(() => forward.stats().open === 0);
    expect(forward.stats()).toEqual({ open: 0, busy: 0, waiting: 0 });
  });

  it.each([
    ['after a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['after 204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['after 304', 'HTTP/1.1 304 Not Modified\r\n\r\n'],
  ])('cannot answer the next caller with bytes %s (response queue poisoning)', async (_name, first) => {
    const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
    const upstream = await rawUpstream((socket, index) => {
      socket.on('data', () => socket.write(index === 0 ? first + poison : OK));
    });
    const { port } = await front(upstream.port, { maxConnections: 1 });
    await exchangeRaw(port, get('/one'));
    const second = await exchangeRaw(port, get('/two'));
    expect(second).not.toContain('poison');
    expect(second).toMatch(/ok$/);
  });

  it('that breaks in the middle of an answer makes the client see a broken answer', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n');
        setTimeout(() => socket.destroy(), 20);
      }),
    );
    const { port, result } = await front(upstream.port);
    const answer = await exchangeRaw(port, get('/'));
    expect(answer).toMatch(/part\r\n$/);
    expect(answer).not.toMatch(/0\r\n\r\n$/);
    expect(await result()).toMatchObject({
      kind: 'failed',
      reason: 'upstream-invalid',
      responseStarted: true,
    });
  });

  it('that sends less than it announced makes the client see less than announced', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour')),
    );
    const { port, result } = await front(upstream.port);
    expect(await exchangeRaw(port, get('/'))).toMatch(/content-length: 10\r\n[\s\S]*four$/);
    expect(await result()).toMatchObject({ kind: 'failed', responseStarted: true });
  });

  it('that is not there is `upstream-unreachable`', async () => {
    const { port: gone, server } = await httpUpstream(() => undefined);
    server.close();
    const { port, result, forward } = await front(gone);
    await exchangeRaw(port, get('/'));
    expect(await result()).toEqual({
      kind: 'failed',
      reason: 'upstream-unreachable',
      detail: 'ECONNREFUSED',
      responseStarted: false,
    });
    expect(forward.stats()).toEqual({ open: 0, busy: 0, waiting: 0 });
  });

  it('that comes back is used again', async () => {
    const first = await httpUpstream(() => undefined);
    first.server.close();
    const { port } = await front(first.port);
    await exchangeRaw(port, get('/'));
    await new Promise<void>((resolve) => first.server.listen(first.port, '127.0.0.1', resolve));
    first.server.removeAllListeners('request').on('request', (_req, res) => res.end('back'));
    expect(await exchangeRaw(port, get('/'))).toMatch(/back/);
  });

  it('that never answers is `upstream-timeout`', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, result, forward } = await front(upstream.port, { firstByteTimeoutMs: 100 });
    await exchangeRaw(port, get('/'));
    expect(await result()).toMatchObject({ reason: 'upstream-timeout', responseStarted: false });
    await until(() => forward.stats().open === 0);
  });

  it('that falls silent in its body is cut off', async () => {
    const upstream = await rawUpstream(answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour'));
    const { port, result } = await front(upstream.port, { idleTimeoutMs: 100 });
    expect(await exchangeRaw(port, get('/'))).toMatch(/four$/);
    expect(await result()).toMatchObject({ reason: 'upstream-timeout', responseStarted: true });
  });
});

describe('a repeated request', () => {
  /** Answers once on the first connection and breaks it when asked again; later connections work. */
  async function forgetful() {
    return rawUpstream((socket, index) => {
      let asked = 0;
      socket.on('data', () => {
        asked += 1;
        if (index > 0 || asked === 1) socket.write(OK);
        else socket.resetAndDestroy();
      });
    });
  }

  it('is a GET whose reused connection broke before an answer; once', async () => {
    const upstream = await forgetful();
    const { port, results } = await front(upstream.port, { maxConnections: 1 });
    await exchangeRaw(port, get('/one'));
    expect(await exchangeRaw(port, get('/two'))).toMatch(/ok$/);
    expect(results.map((result) => result.kind)).toEqual(['answered', 'answered']);
    expect(upstream.received.map((text) => text.match(/^GET \/\w+/gm))).toEqual([
      ['GET /one', 'GET /two'],
      ['GET /two'],
    ]);
  });

  it.each(['POST', 'DELETE', 'PUT', 'PATCH'])('is never a %s: it might run a DAG twice', async (method) => {
    const upstream = await forgetful();
    const { port, result } = await front(upstream.port, { maxConnections: 1 });
    await exchangeRaw(port, get('/one'));
    await exchangeRaw(port, `${method} /two HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    expect(await result(1)).toMatchObject({ reason: 'upstream-unreachable' });
    expect(upstream.received).toHaveLength(1);
  });

  it('is never one whose connection was new', async () => {
    const upstream = await rawUpstream((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { port, result } = await front(upstream.port);
    await exchangeRaw(port, get('/'));
    expect(await result()).toMatchObject({ reason: 'upstream-unreachable' });
    expect(upstream.received).toHaveLength(1);
  });

  it('is never one that a byte of an answer came for', async () => {
    const upstream = await rawUpstream((socket) => {
      let asked = 0;
      socket.on('data', () => {
        asked += 1;
        if (asked === 1) socket.write(OK);
        else socket.write('HTTP/1.1 2', () => socket.destroy());
      });
    });
    const { port, result } = await front(upstream.port, { maxConnections: 1 });
    await exchangeRaw(port, get('/one'));
    await exchangeRaw(port, get('/two'));
    expect(await result(1)).toMatchObject({ reason: 'upstream-invalid' });
    expect(upstream.received).toHaveLength(1);
  });

  it('is repeated once only', async () => {
    const upstream = await rawUpstream((socket, index) => {
      let asked = 0;
      socket.on('data', () => {
        asked += 1;
        if (index === 0 && asked === 1) socket.write(OK);
        else socket.resetAndDestroy();
      });
    });
    const { port, result } = await front(upstream.port, { maxConnections: 1 });
    await exchangeRaw(port, get('/one'));
    await exchangeRaw(port, get('/two'));
    expect(await result(1)).toMatchObject({ reason: 'upstream-unreachable' });
    expect(upstream.received).toHaveLength(2);
  });
});

describe('a client', () => {
  it('that leaves before the answer ends the request upstream', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, result, forward } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write(get('/slow'));
    await until(() => (upstream.received[0] ?? '').endsWith('\r\n\r\n'));
    client.destroy();
    await until(() => upstream.sockets[0]?.destroyed === true);
    expect(await result()).toMatchObject({ reason: 'client-gone', responseStarted: false });
    await until(() => forward.stats().open === 0);
  });

  it('that leaves does not make us open another connection, which would hold a gunicorn worker', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, forward } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write(get('/slow'));
    await until(() => upstream.received.join('').endsWith('\r\n\r\n'));
    client.destroy();
    await until(() => forward.stats().busy === 0);
    await sleep(50);
    expect(upstream.sockets).toHaveLength(1);
    expect(forward.stats()).toEqual({ open: 0, busy: 0, waiting: 0 });
  });

  it('that is answered 204 in the middle of its body leaves no half-sent body on a connection', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n')),
    );
    const { port, result, forward } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nfour');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 204 /);
    expect(await result()).toMatchObject({ kind: 'answered', status: 204 });
    await until(() => upstream.sockets[0]?.destroyed === true);
    await until(() => forward.stats().busy === 0);
    expect(upstream.sockets).toHaveLength(1);
    client.destroy();
  });

  it('that leaves in the middle of the answer ends it upstream', async () => {
    const upstream = await rawUpstream(
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'),
    );
    const { port, result } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write(get('/stream'));
    await once(client, 'data');
    client.destroy();
    await until(() => upstream.sockets[0]?.destroyed === true);
    expect(await result()).toMatchObject({ reason: 'client-gone', responseStarted: true });
  });

  it('that leaves in the middle of its body ends the request upstream without finishing it', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, result } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write('POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n');
    await until(() => (upstream.received[0] ?? '').includes('part'));
    client.destroy();
    await until(() => upstream.sockets[0]?.destroyed === true);
    expect(upstream.received[0]).not.toMatch(/0\r\n\r\n$/);
    expect(await result()).toMatchObject({ reason: 'client-gone' });
  });

  it('that stops reading is let go', async () => {
    const upstream = await httpUpstream((_req, res) => {
      const chunk = Buffer.alloc(256 * 1024);
      const more = (): void => {
        while (res.write(chunk));
      };
      res.on('drain', more);
      more();
    });
    const { port, result } = await front(upstream.port, { idleTimeoutMs: 200 });
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write(get('/endless'));
    client.pause();
    expect(await result()).toMatchObject({
      reason: 'client-gone',
      detail: 'the client stopped reading',
      responseStarted: true,
    });
    client.destroy();
  });

  it('that stops sending its body is told so', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, result } = await front(upstream.port, { idleTimeoutMs: 150 });
    const client = connect(port, '127.0.0.1');
    client.write('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nfour');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 599 /);
    expect(await result()).toMatchObject({ reason: 'request-timeout', responseStarted: false });
    await until(() => upstream.sockets[0]?.destroyed === true);
    client.destroy();
  });

  it('with a declared body above the limit never reaches the upstream', async () => {
    const upstream = await rawUpstream(answering(OK));
    const { port, result } = await front(upstream.port, { bodyLimitBytes: 10 });
    const answer = await exchangeRaw(
      port,
      `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nConnection: close\r\n\r\n${'a'.repeat(11)}`,
    );
    expect(answer).toMatch(/x-reason: body-too-long/);
    expect(await result()).toMatchObject({ reason: 'body-too-long', responseStarted: false });
    expect(upstream.received).toEqual([]);
  });

  it('with a chunked body above the limit is stopped while it streams', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, result } = await front(upstream.port, { bodyLimitBytes: 10 });
    const client = connect(port, '127.0.0.1');
    client.write('POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n');
    await until(() => (upstream.received[0] ?? '').includes('12345678'));
    client.write('3\r\nabc\r\n');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/x-reason: body-too-long/);
    expect(await result()).toMatchObject({ reason: 'body-too-long', responseStarted: false });
    await until(() => upstream.sockets[0]?.destroyed === true);
    expect(upstream.received[0]).not.toContain('abc');
    client.destroy();
  });

  it('with a body exactly at the limit passes', async () => {
    const upstream = await httpUpstream((req, res) => req.pipe(res));
    const { port } = await front(upstream.port, { bodyLimitBytes: 10 });
    const answer = await exchangeRaw(
      port,
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nConnection: close\r\n\r\n1234567890',
    );
    expect(answer).toMatch(/1234567890/);
  });

  it('keeps its connection after an early answer when little of the body was left', async () => {
    const upstream = await rawUpstream((socket) => socket.once('data', () => socket.write(OK)));
    const { port, results } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nfour');
    await once(client, 'data');
    client.write(`more${get('/b')}`);
    let second = '';
    client.on('data', (chunk) => {
      second += String(chunk);
    });
    await once(client, 'close');
    expect(second).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(results.map((result) => result.kind)).toEqual(['answered', 'answered']);
    // The connection of the early answer held half a body: it must not carry anything else.
    expect(upstream.received).toHaveLength(2);
  });

  it('loses its connection after an early answer when much of the body was left', async () => {
    const upstream = await rawUpstream((socket) => socket.once('data', () => socket.write(OK)));
    const { port } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write(`POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\nfour`);
    await once(client, 'data');
    client.write('x'.repeat(200_000));
    await until(() => client.destroyed);
    expect(client.bytesWritten).toBeLessThan(9_999_999);
  });
});

describe('revocation', () => {
  it('ends a running stream of that person, and no other', async () => {
    const upstream = await rawUpstream(
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'),
    );
    const { port, streams, results } = await front(upstream.port, {}, (req) => ({
      subject: String(req.headers['x-who']),
    }));
    const ada = connect(port, '127.0.0.1');
    const eve = connect(port, '127.0.0.1');
    ada.write(get('/a', 'x-who: ada'));
    eve.write(get('/b', 'x-who: eve'));
    await Promise.all([once(ada, 'data'), once(eve, 'data')]);
    expect(streams.list().map((stream) => stream.subject)).toEqual(['ada', 'eve']);
    expect(streams.abortSubject('ada', 'revoked')).toBe(1);
    await once(ada, 'close');
    expect(results).toEqual([
      { kind: 'failed', reason: 'revoked', detail: 'ended by us', responseStarted: true },
    ]);
    expect(streams.list().map((stream) => stream.subject)).toEqual(['eve']);
    expect(eve.destroyed).toBe(false);
    eve.destroy();
  });
});

describe('an upstream that refuses', () => {
  const origin = 'http://127.0.0.1:8080';
  const json = (status: string, body: string): string =>
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  it.each([
    ['401 of Airflow 3', 'airflow3', json('401 Unauthorized', '{}'), 'assertion-refused'],
    [
      '403 Invalid JWT token',
      'airflow3',
      json('403 Forbidden', '{"detail":"Invalid JWT token"}'),
      'assertion-refused',
    ],
    [
      '401 of Flower',
      'flower',
      'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n',
      'assertion-refused',
    ],
    [
      'a redirect of Airflow 2 to its sign-in',
      'airflow2',
      'HTTP/1.1 302 Found\r\nLocation: /quasar/airflow/login/?next=x\r\nContent-Length: 0\r\n\r\n',
      'upstream-denied',
    ],
  ] as const)('with %s leaves the answer to us', async (_name, upstreamKind, bytes, reason) => {
    const upstream = await rawUpstream(answering(bytes));
    const { port, result } = await front(
      upstream.port,
      {},
      { classify: createRefusal({ upstream: upstreamKind, place: PLACE, origin }) },
    );
    expect(await exchangeRaw(port, get('/'))).toMatch(/^HTTP\/1\.1 599 /);
    expect(await result()).toMatchObject({ kind: 'failed', reason, responseStarted: false });
  });

  it.each([
    ['short', '{"detail":"Forbidden"}'],
    ['longer than what is looked at', `{"detail":"${'x'.repeat(3000)}"}`],
  ])('with a 403 of its own is passed on, %s', async (_name, body) => {
    const upstream = await httpUpstream((_req, res) => {
      // In pieces and without a length, so that only reading tells how long it is.
      res.writeHead(403, { 'content-type': 'application/json' });
      for (const piece of body.match(/.{1,700}/g) ?? []) res.write(piece);
      res.end();
    });
    const { port, result } = await front(
      upstream.port,
      {},
      { classify: createRefusal({ upstream: 'airflow3', place: PLACE, origin }) },
    );
    const answer = await exchangeRaw(port, get('/'));
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer.replace(/\r\n[0-9a-f]+\r\n/g, '')).toContain(body);
    expect(await result()).toMatchObject({ kind: 'answered', status: 403, upstreamDenied: true });
  });
});

describe('a transformed answer', () => {
  const transform = createAirflow3Menus((permission) => permission === 'deployment.airflow.dag.get');
  const document = '{"authorized_menu_items":["Dags","Pools"],"extra_menu_items":[]}';

  async function menus(status: number, headers: Record<string, string>, body: string) {
    const upstream = await httpUpstream((_req, res) => res.writeHead(status, headers).end(body));
    const { port, result } = await front(upstream.port, {}, { transform });
    return {
      answer: await exchangeRaw(port, get('/ui/auth/menus', 'If-None-Match: "x"')),
      result: await result(),
    };
  }

  it('has the new body, its length, and no validators', async () => {
    const { answer } = await menus(200, { 'content-type': 'application/json', etag: '"x"' }, document);
    expect(answer).toMatch(/content-length: 56\r\n/);
    expect(answer).toMatch(/cache-control: no-store\r\n/);
    expect(answer).not.toMatch(/etag/i);
    expect(answer).toMatch(/\r\n\r\n\{"authorized_menu_items":\["Dags"\],"extra_menu_items":\[\]\}$/);
  });

  it.each([
    ['HTML with 200', 200, { 'content-type': 'text/html' }, '<html>'],
    ['JSON that is no menu', 200, { 'content-type': 'application/json' }, '[]'],
    ['compressed JSON', 200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, document],
    ['206', 206, { 'content-type': 'application/json' }, document],
    ['more than 1 MiB', 200, { 'content-type': 'application/json' }, ' '.repeat(1024 * 1024) + document],
  ])('is not made of %s', async (_name, status, headers, body) => {
    const { answer, result } = await menus(status, headers, body);
    expect(answer).toMatch(/^HTTP\/1\.1 599 /);
    expect(result).toMatchObject({ kind: 'failed', reason: 'upstream-invalid', responseStarted: false });
  });

  it.each([404, 500])('leaves %d as it is', async (status) => {
    const { answer } = await menus(status, { 'content-type': 'text/plain' }, 'no menus here');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*no menus here`));
  });
});

describe('connections', () => {
  it('carry one request at a time, and are used again', async () => {
    const upstream = await rawUpstream(answering(OK));
    const { port, forward } = await front(upstream.port);
    for (let i = 0; i < 5; i++) await exchangeRaw(port, get(`/${i}`));
    expect(upstream.received).toHaveLength(1);
    expect(forward.stats()).toEqual({ open: 1, busy: 0, waiting: 0 });
  });

  it('are used once each with keepAlive off', async () => {
    const upstream = await rawUpstream(answering(OK));
    const { port, forward } = await front(upstream.port, { keepAlive: false });
    for (let i = 0; i < 3; i++) await exchangeRaw(port, get(`/${i}`));
    expect(upstream.received).toHaveLength(3);
    for (const text of upstream.received) expect(text).toMatch(/connection: close\r\n/);
    await until(() => forward.stats().open === 0);
  });

  it('are closed by us before gunicorn would, after 1.5 s', async () => {
    const upstream = await rawUpstream(answering(OK));
    const { port, forward } = await front(upstream.port);
    await exchangeRaw(port, get('/'));
    const from = Date.now();
    await until(() => forward.stats().open === 0);
    expect(Date.now() - from).toBeLessThan(1900);
  });

  it('are bounded: more wait, still more are refused, who left is forgotten', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, forward, results } = await front(upstream.port, { maxConnections: 1, maxWaiting: 2 });
    const clients = ['/0', '/1', '/2'].map((path) => {
      const client = connect(port, '127.0.0.1');
      client.write(get(path));
      return client;
    });
    await until(() => forward.stats().waiting === 2);
    expect(forward.stats()).toEqual({ open: 1, busy: 1, waiting: 2 });
    expect(await exchangeRaw(port, get('/3'))).toMatch(/x-reason: overloaded/);
    clients[1]?.destroy();
    await until(() => forward.stats().waiting === 1);
    upstream.sockets[0]?.write(OK);
    await until(() => (upstream.received[0] ?? '').includes('GET /2'));
    expect(upstream.received.join('')).not.toMatch(/GET \/[13]/);
    expect(results.map((result) => (result.kind === 'failed' ? result.reason : result.kind))).toEqual([
      'overloaded',
      'client-gone',
      'answered',
    ]);
    for (const client of clients) client.destroy();
  });

  it('that never come free are `overloaded` in the end', async () => {
    const upstream = await rawUpstream(
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'),
    );
    const { port, forward, result } = await front(upstream.port, {
      maxConnections: 1,
      firstByteTimeoutMs: 150,
    });
    const first = connect(port, '127.0.0.1');
    first.write(get('/stream'));
    await once(first, 'data');
    expect(await exchangeRaw(port, get('/waits'))).toMatch(/x-reason: overloaded/);
    expect(await result()).toMatchObject({ detail: 'waited 150 ms for a free connection' });
    expect(forward.stats().waiting).toBe(0);
    first.destroy();
  });

  it('do not leak over 500 requests at once, some of them cut off', async () => {
    const upstream = await httpUpstream((req, res) => {
      if (req.url === '/reset') res.socket?.resetAndDestroy();
      else if (req.url === '/half')
        res.writeHead(200, { 'content-length': 9 }).write('half', () => res.socket?.destroy());
      else req.pipe(res);
    });
    const { port, forward, streams, results } = await front(upstream.port, {
      maxConnections: 20,
      maxWaiting: 600,
    });
    const kinds = ['/echo', '/reset', '/half', '/leave'];
    await Promise.all(
      Array.from({ length: 500 }, async (_unused, i) => {
        const path = kinds[i % kinds.length] ?? '';
        const head = `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nConnection: close\r\n\r\n`;
        if (path !== '/leave') return exchangeRaw(port, `${head}body`);
        const client = connect(port, '127.0.0.1');
        client.on('error', () => undefined);
        client.write(head, () => client.destroy());
        return '';
      }),
    );
    await until(() => forward.stats().busy === 0 && forward.stats().waiting === 0);
    await until(() => streams.list().length === 0);
    expect(results.filter((result) => result.kind === 'answered')).toHaveLength(125);
    await until(() => forward.stats().open === 0);
    const left = await new Promise<number>((resolve) =>
      upstream.server.getConnections((_error, count) => resolve(count)),
    );
    expect(left).toBe(0);
  }, 30_000);

  it('let running requests finish on close, and take no new ones', async () => {
    const upstream = await rawUpstream(() => undefined);
    const { port, forward, result } = await front(upstream.port);
    const client = connect(port, '127.0.0.1');
    client.write(get('/'));
    await until(() => upstream.received.length === 1);
    let closed = false;
    const closing = forward.close().then(() => {
      closed = true;
    });
    expect(await exchangeRaw(port, get('/late'))).toMatch(/x-reason: overloaded/);
    expect(closed).toBe(false);
    upstream.sockets[0]?.write(OK);
    await closing;
    expect(await result(1)).toMatchObject({ kind: 'answered' });
  });
});

describe('options', () => {
  const good = {
    origin: 'http://127.0.0.1:1',
    connectTimeoutMs: 1,
    firstByteTimeoutMs: 1,
    idleTimeoutMs: 1,
    maxConnections: 1,
    bodyLimitBytes: 0,
    keepAlive: true,
  };

  it.each([
    ['an origin with a path', { origin: 'http://h/x' }],
    ['an origin that is none', { origin: 'h:80' }],
    ['no connections', { maxConnections: 0 }],
    ['half a millisecond', { idleTimeoutMs: 0.5 }],
    ['a negative limit', { bodyLimitBytes: -1 }],
  ])('with %s are refused', (_name, change) => {
    expect(() => createForward({ upstream: { ...good, ...change }, place: PLACE })).toThrow(AuthProxyError);
  });
});
