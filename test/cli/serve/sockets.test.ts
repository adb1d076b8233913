import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Gateway, serve } from '../../../src/cli/commands/serve.js';
import { createLog } from '../../../src/observe/log.js';
import { createSite, type Person, type Site, speak, statusesOf, until } from './site.js';

jest.setTimeout(60_000);

const SOCKET = '/dep/flower/api/task/events/task-succeeded/';
const KEY = Buffer.alloc(16, 1).toString('base64');

let site: Site;
let gateway: Gateway;

beforeAll(async () => {
  site = await createSite((config) => {
    const [deployment] = config.deployments;
    Object.assign(deployment ?? {}, {
      flower: { version: '1.0', upstream: deployment?.airflow.upstream, identity: { profile: 'none' } },
    });
  });
  site.upstream.server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk}`));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
  });
  gateway = await serve(
    site.configFile,
    createLog({ level: 'error', destination: { write: () => undefined } }),
  );
}, 20_000);
afterAll(async () => {
  await gateway.stop();
  await site.close();
});

async function handshake(person: Person | undefined, path: string, ...more: string[]): Promise<string> {
  const token = person === undefined ? [] : [`Authorization: Bearer ${await site.token(person)}`];
  const fields = [
    `Host: localhost:${site.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    ...token,
    ...more,
  ];
  return `GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`;
}
const open = () =>
  new Promise<number>((resolve) => site.upstream.server.getConnections((_, count) => resolve(count)));

describe('a service with sockets', () => {
  it('opens one for who may, both ways, and closes both sides together', async () => {
    const socket = connect(site.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.write(await handshake('ada', SOCKET));
    await until(() => text.startsWith('HTTP/1.1 101'));
    socket.write('hello');
    await until(() => text.endsWith('echo hello'));
    socket.destroy();
    await until(async () => (await open()) === 0);
  });

  it.each([
    ['nobody', undefined, 401, 'no-credential'],
    ['somebody without a role', 'out', 403, 'no-role'],
  ] as const)(
    'refuses %s before anything is asked upstream, with one record',
    async (_, person, status, reason) => {
      const [records, seen] = [site.audit().length, await open()];
      const spoken = await speak(site.port, await handshake(person, SOCKET));
      expect(statusesOf(spoken)).toEqual([status]);
      expect(spoken.closed).toBe(true);
      await until(() => site.audit().length > records);
      expect(
        site
          .audit()
          .slice(records)
          .map(({ event }) => event.reason),
      ).toEqual([reason]);
      expect(await open()).toBe(seen);
    },
  );

  it('refuses a handshake with a body', async () => {
    const spoken = await speak(site.port, `${await handshake('ada', SOCKET, 'Content-Length: 2')}ab`);
    expect(statusesOf(spoken)).toEqual([400]);
  });

  it('judges the plain request where the rule is no socket, drops Upgrade and closes', async () => {
    const spoken = await speak(site.port, await handshake('vic', '/dep/airflow/api/v2/dags'));
    expect(statusesOf(spoken)).toEqual([200]);
    expect(spoken.closed).toBe(true);
    expect(site.upstream.seen.at(-1)?.headers.upgrade).toBeUndefined();
  });

  it('notices that the client of such a request has left', async () => {
    const ordinary = site.upstream.answer;
    let upstreamSocket: Socket | undefined;
    site.upstream.answer = (req) => {
      upstreamSocket = req.socket;
    };
    const socket = connect(site.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(await handshake('vic', '/dep/airflow/api/v2/dags'));
    await until(() => upstreamSocket);
    socket.end();
    await until(() => upstreamSocket?.destroyed);
    site.upstream.answer = ordinary;
    socket.destroy();
  });

  it('does not wait at its end for a client that keeps its side of a refused one open', async () => {
    const socket = connect({ port: site.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.write(await handshake('out', SOCKET));
    await until(() => text.includes('403'));
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          socket.write('x', (error) => resolve(error != null));
        }),
    );
    socket.destroy();
  });
});
