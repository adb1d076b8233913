import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Gateway, serve } from '../../../src/cli/commands/serve.js';
import { createLog } from '../../../src/observe/log.js';
import { type AuditLine, createSite, type Site, speak, statusesOf, until } from './site.js';

jest.setTimeout(60_000);

const UI = '/dep/airflow/api/v2/dags';
const LOG = createLog({ level: 'error', destination: { write: () => undefined } });

let site: Site;
let gateway: Gateway;
let bearer: string;
let viewer: string;

beforeAll(async () => {
  site = await createSite((config) => {
    config.server = {
      ...config.server,
      trustedProxies: [],
      timeouts: { headersMs: 300, drainMs: 500, firstByteMs: 5000, idleMs: 5000 },
    };
  });
  gateway = await serve(site.configFile, LOG);
  bearer = `Authorization: Bearer ${await site.token('ada')}\r\n`;
  viewer = `Authorization: Bearer ${await site.token('vic')}\r\n`;
});
afterAll(async () => {
  await gateway.stop();
  await site.close();
});

let before = 0;
let seenBefore = 0;
beforeEach(() => {
  before = site.audit().length;
  seenBefore = site.upstream.seen.length;
});
const answerOfBefore = () => site.upstream.answer;
let ordinary: ReturnType<typeof answerOfBefore>;
beforeAll(() => {
  ordinary = site.upstream.answer;
});
afterEach(() => {
  site.upstream.answer = ordinary;
});

/** The records since the test began, once as many as wanted are there; then a little longer, for one too many. */
async function records(count: number): Promise<AuditLine[]> {
  await until(() => site.audit().length >= before + count);
  await new Promise((resolve) => setTimeout(resolve, 60));
  return site.audit().slice(before);
}
const upstreamCount = () => site.upstream.seen.length - seenBefore;
const head = (line: string, ...fields: string[]) =>
  `${[line, 'Host: localhost', ...fields].join('\r\n')}\r\n`;

describe('what one message may be', () => {
  const cases: {
    name: string;
    bytes: () => string;
    status: number;
    reason: string;
  }[] = [
    {
      name: 'HTTP/1.1 without Host',
      bytes: () => `GET ${UI} HTTP/1.1\r\n${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'two Host fields',
      bytes: () => `${head(`GET ${UI} HTTP/1.1`, 'Host: other')}${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'two Authorization fields',
      bytes: () => `${head(`GET ${UI} HTTP/1.1`)}${bearer}${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-credential',
    },
    {
      name: 'two Cookie fields',
      bytes: () => `${head(`GET ${UI} HTTP/1.1`, 'Cookie: a=1', 'Cookie: b=2')}${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'a length beside chunked',
      bytes: () =>
        `${head(`POST ${UI} HTTP/1.1`, 'Content-Length: 5', 'Transfer-Encoding: chunked')}${bearer}\r\n0\r\n\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'an encoding before chunked',
      bytes: () => `${head(`POST ${UI} HTTP/1.1`, 'Transfer-Encoding: gzip, chunked')}${bearer}\r\n0\r\n\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'a body on GET',
      bytes: () => `${head(`GET ${UI} HTTP/1.1`, 'Content-Length: 2')}${bearer}\r\nab`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'chunked in HTTP/1.0',
      bytes: () => `${head(`POST ${UI} HTTP/1.0`, 'Transfer-Encoding: chunked')}${bearer}\r\n0\r\n\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'an absolute target',
      bytes: () => `${head(`GET http://localhost${UI} HTTP/1.1`)}${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-target',
    },
    {
      name: 'OPTIONS *',
      bytes: () => `${head('OPTIONS * HTTP/1.1')}${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-target',
    },
    {
      name: 'a bad method name',
      bytes: () => `${head(`GeT ${UI} HTTP/1.1`)}\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'the preface of HTTP/2',
      bytes: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'a folded field',
      bytes: () => `${head(`GET ${UI} HTTP/1.1`, 'X-A: b', ' c')}${bearer}\r\n`,
      status: 400,
      reason: 'ambiguous-request',
    },
    {
      name: 'CONNECT',
      bytes: () => `CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n${bearer}\r\n`,
      status: 405,
      reason: 'method-not-allowed',
    },
    {
      name: 'TRACE',
      bytes: () => `${head(`TRACE ${UI} HTTP/1.1`)}${bearer}\r\n`,
      status: 405,
      reason: 'method-not-allowed',
    },
    {
      name: 'a method nobody knows here',
      bytes: () => `${head(`PROPFIND ${UI} HTTP/1.1`)}${bearer}\r\n`,
      status: 501,
      reason: 'method-unknown',
    },
    {
      name: 'an expectation that is not 100-continue',
      bytes: () => `${head(`POST ${UI} HTTP/1.1`, 'Expect: tea', 'Content-Length: 2')}${bearer}\r\nab`,
      status: 417,
      reason: 'expectation-failed',
    },
    {
      name: '100-continue among other expectations',
      bytes: () =>
        `${head(`POST ${UI} HTTP/1.1`, 'Expect: tea, 100-continue', 'Content-Length: 2')}${bearer}\r\nab`,
      status: 417,
      reason: 'expectation-failed',
    },
    {
      name: 'a target above the limit',
      bytes: () => `${head(`GET ${UI}?a=${'x'.repeat(16_100)} HTTP/1.1`)}${bearer}\r\n`,
      status: 414,
      reason: 'target-too-long',
    },
    {
      name: 'a target above the limit of the parser',
      bytes: () => `${head(`GET ${UI}?a=${'x'.repeat(40_000)} HTTP/1.1`)}${bearer}\r\n`,
      status: 414,
      reason: 'target-too-long',
    },
    {
      name: 'more header bytes than the parser takes',
      bytes: () => `${head(`GET ${UI} HTTP/1.1`, `X-Long: ${'x'.repeat(40_000)}`)}${bearer}\r\n`,
      status: 431,
      reason: 'headers-too-large',
    },
    {
      name: 'more header fields than allowed',
      bytes: () =>
        `${head(`GET ${UI} HTTP/1.1`, ...Array.from({ length: 201 }, (_, i) => `X-${i}: a`))}${bearer}\r\n`,
      status: 431,
      reason: 'headers-too-large',
    },
    {
      name: 'a thousand fields, the credential last',
      bytes: () =>
        `${head(`GET ${UI} HTTP/1.1`, ...Array.from({ length: 1100 }, (_, i) => `X-${i}: a`))}${bearer}\r\n`,
      status: 431,
      reason: 'headers-too-large',
    },
  ];

  it.each(cases)('answers $name with $status, and leaves one record', async ({ bytes, status, reason }) => {
    const spoken = await speak(site.port, `${bytes()}`, 1500);
    expect(statusesOf(spoken)).toEqual([status]);
    const found = await records(1);
    expect(found.map(({ event, http }) => [event.reason, http.response.status_code])).toEqual([
      [reason, status],
    ]);
    expect(upstreamCount()).toBe(0);
  });

  it('answers headers that never end with 408 and one record', async () => {
    const spoken = await speak(site.port, `GET ${UI} HTTP/1.1\r\nHost: loc`, 2500);
    expect(statusesOf(spoken)).toEqual([408]);
    expect((await records(1)).map(({ event }) => event.reason)).toEqual(['request-timeout']);
  });

  it('closes a connection on which nothing was asked without a word and without a record', async () => {
    expect(await speak(site.port, '', 2500)).toEqual({ text: '', closed: true });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(site.audit().length).toBe(before);
  });

  it('takes HTTP/1.0 without Host as asked of the first public name', async () => {
    const spoken = await speak(site.port, `GET ${UI} HTTP/1.0\r\n${bearer}\r\n`);
    expect(statusesOf(spoken)).toEqual([200]);
    expect(site.upstream.seen.at(-1)?.headers.host).toBe(`localhost:${site.port}`);
  });

  it('takes an unknown Host for the first public name', async () => {
    const spoken = await speak(
      site.port,
      `GET ${UI} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n${bearer}\r\n`,
    );
    expect(statusesOf(spoken)).toEqual([200]);
    expect(site.upstream.seen.at(-1)?.headers.host).toBe(`localhost:${site.port}`);
  });
});

describe('OPTIONS', () => {
  it('is answered 204 without a grant, and recorded as our own answer', async () => {
    const spoken = await speak(
      site.port,
      `${head(`OPTIONS ${UI} HTTP/1.1`, 'Origin: https://evil.example', 'Connection: close')}\r\n`,
    );
    expect(statusesOf(spoken)).toEqual([204]);
    expect(spoken.text).not.toMatch(/access-control/i);
    const [record] = await records(1);
    expect(record?.event).toEqual({ action: 'request-answered', outcome: 'success', reason: 'options' });
  });
});

describe('Expect: 100-continue', () => {
  const ask = (field: string, path: string) =>
    `${head(`POST ${path} HTTP/1.1`, 'Expect: 100-continue', 'Content-Length: 2', 'Content-Type: application/json')}${field}\r\n`;

  it('is answered 403 alone where the request is denied', async () => {
    const spoken = await speak(site.port, ask(viewer, '/dep/airflow/api/v2/variables'), 4000);
    expect(statusesOf(spoken)).toEqual([403]);
    expect(spoken.closed).toBe(true);
    expect(await records(1)).toHaveLength(1);
  });

  it('is answered 100 and then the answer where it is allowed, and goes no further', async () => {
    const socket = connect(site.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.write(ask(bearer, '/dep/airflow/api/v2/variables'));
    await until(() => text.includes('100 Continue'));
    socket.write('{}');
    await until(() => text.includes('{"from":"upstream"}'));
    socket.destroy();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
    expect(site.upstream.seen.at(-1)?.headers.expect).toBeUndefined();
  });
});

describe('an answer before the body', () => {
  it('reaches a sender who has more to send', async () => {
    const body = 'x'.repeat(600_000);
    const answer = await fetch(`http://127.0.0.1:${site.port}/dep/airflow/api/v2/variables`, {
      method: 'POST',
      headers: { authorization: viewer.slice(15).trim(), 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Access is Denied');
    expect(upstreamCount()).toBe(0);
  });

  it('is the last of its connection, so that no body is read as a request', async () => {
    const inner = `GET ${UI} HTTP/1.1\r\nHost: localhost\r\n${bearer}\r\n`;
    const socket = connect(site.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(
      `${head('POST /dep/airflow/api/v2/variables HTTP/1.1', 'Content-Length: 10')}${viewer}\r\n12345`,
    );
    await until(() => text.includes('Access is Denied'));
    socket.write(`67890${inner}`);
    await closed;
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403']);
    expect(upstreamCount()).toBe(0);
  });
});

describe('pipelining', () => {
  it('judges each request alone and answers in order', async () => {
    const one = (field: string, path: string, ...more: string[]) =>
      `${head(`GET ${path} HTTP/1.1`, ...more)}${field}\r\n`;
    const spoken = await speak(
      site.port,
      one(viewer, '/dep/airflow/api/v2/variables') +
        one(bearer, '/dep/airflow/api/v2/variables') +
        one('', UI) +
        one(viewer, UI, 'Connection: close'),
    );
    expect(statusesOf(spoken)).toEqual([403, 200, 401, 200]);
    expect((await records(2)).map(({ event }) => event.reason)).toEqual([
      'insufficient-permission',
      'no-credential',
    ]);
  });

  it('never writes into an answer what it thinks of the bytes behind', async () => {
    site.upstream.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain', 'content-length': '10' });
      res.write('first');
      setTimeout(() => res.end('-last'), 300);
    };
    const spoken = await speak(site.port, `${head(`GET ${UI} HTTP/1.1`)}${bearer}\r\n\u0000garbage\r\n\r\n`);
    expect(statusesOf(spoken).length).toBeLessThanOrEqual(1);
    expect(spoken.text).not.toContain('400 Bad Request');
    expect(spoken.closed).toBe(true);
    const reasons = (await records(2)).map(({ event }) => event.reason).sort();
    expect(reasons).toEqual(['ambiguous-request', 'client-gone']);
  });

  it('asks nothing behind a slow request when the client has left', async () => {
    let upstreamSocket: Socket | undefined;
    site.upstream.answer = (req) => {
      upstreamSocket = req.socket;
    };
    const socket = connect(site.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `${head(`GET ${UI}?n=1 HTTP/1.1`)}${bearer}\r\n${head(`GET ${UI}?n=2 HTTP/1.1`)}${bearer}\r\n`,
    );
    await until(() => upstreamSocket);
    socket.destroy();
    await until(() => upstreamSocket?.destroyed);
    expect((await records(1)).map(({ event }) => event.reason)).toEqual(['client-gone']);
    expect(upstreamCount()).toBe(1);
  });

  it('does nothing that stands behind an answer that closes', async () => {
    const spoken = await speak(
      site.port,
      `${head('GET //x HTTP/1.1')}${bearer}\r\n${head('DELETE /dep/airflow/api/v2/variables/a HTTP/1.1')}${bearer}\r\n`,
    );
    expect(statusesOf(spoken)).toEqual([400]);
    expect(await records(1)).toHaveLength(1);
    expect(upstreamCount()).toBe(0);
  });

  it('answers CONNECT behind a slow request in its turn', async () => {
    site.upstream.answer = (_req, res) => void setTimeout(() => res.end('slow'), 200);
    const spoken = await speak(
      site.port,
      `${head(`GET ${UI} HTTP/1.1`)}${bearer}\r\nCONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    expect(statusesOf(spoken)).toEqual([200, 405]);
    expect(spoken.closed).toBe(true);
  });

  it('answers two hundred of them, each once', async () => {
    const asked = Array.from(
      { length: 200 },
      (_, n) => `${head(`GET ${UI} HTTP/1.1`, ...(n === 199 ? ['Connection: close'] : []))}${bearer}\r\n`,
    );
    const spoken = await speak(site.port, asked.join(''), 8000);
    expect(statusesOf(spoken)).toEqual(asked.map(() => 200));
    expect(upstreamCount()).toBe(200);
  });
});

describe('a body that breaks the rules half way', () => {
  it('is answered 400 once, and leaves the one record of its request', async () => {
    site.upstream.answer = (req) => void req.resume();
    const spoken = await speak(
      site.port,
      `${head('POST /dep/airflow/api/v2/variables HTTP/1.1', 'Transfer-Encoding: chunked')}${bearer}\r\n5\r\nhello\r\nzz\r\n`,
    );
    expect(statusesOf(spoken)).toEqual([400]);
    const found = await records(1);
    expect(found.map(({ event, http }) => [event.reason, http.response.status_code])).toEqual([
      ['ambiguous-request', 400],
    ]);
  });
});

describe('Upgrade', () => {
  it.each(['websocket', 'h2c', 'TLS/1.0', 'foo'])(
    'to %s is dropped where no rule is a socket',
    async (kind) => {
      const spoken = await speak(
        site.port,
        `${head(`GET ${UI} HTTP/1.1`, 'Connection: Upgrade, close', `Upgrade: ${kind}`, 'HTTP2-Settings: AAMAAABk')}${bearer}\r\n`,
      );
      expect(statusesOf(spoken)).toEqual([200]);
      const headers = site.upstream.seen.at(-1)?.headers ?? {};
      expect([headers.upgrade, headers['http2-settings'], headers.connection]).toEqual([
        undefined,
        undefined,
        'keep-alive',
      ]);
    },
  );
});

describe('a client that leaves', () => {
  it('takes the request upstream with it, and leaves one record', async () => {
    let upstreamSocket: Socket | undefined;
    site.upstream.answer = (req) => {
      upstreamSocket = req.socket;
    };
    const socket = connect(site.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`${head(`GET ${UI} HTTP/1.1`)}${bearer}\r\n`);
    await until(() => upstreamSocket);
    socket.destroy();
    await until(() => upstreamSocket?.destroyed);
    const found = await records(1);
    expect(found.map(({ event, http }) => [event.reason, http.response.status_code])).toEqual([
      ['client-gone', 499],
    ]);
  });
});

describe('an upstream that says nothing', () => {
  it('is named by 504 even where its time limit is longer than the silence allowed in a body', async () => {
    const slow = await createSite((config) => {
      config.server = { ...config.server, timeouts: { firstByteMs: 900, idleMs: 200, drainMs: 100 } };
    });
    const other = await serve(slow.configFile, LOG);
    slow.upstream.answer = () => undefined;
    const answer = await fetch(`http://127.0.0.1:${slow.port}${UI}`, {
      headers: { authorization: `Bearer ${await slow.token('ada')}` },
    });
    expect(answer.status).toBe(504);
    await other.stop();
    await slow.close();
  });
});
