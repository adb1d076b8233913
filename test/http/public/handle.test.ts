import { createServer } from 'node:http';
import { describe, expect, it, jest } from '@jest/globals';
import { createGate } from '../../../src/gate/gate.js';
import { createHandler, type HandlerOptions } from '../../../src/http/public/handle.js';
import { portOf, speak, statusesOf } from '../../cli/serve/site.js';

/** The answer to one request, with one part of the handler broken. */
async function answerWith(broken: Partial<HandlerOptions>) {
  const concluded = jest.fn<HandlerOptions['concluded']>();
  const failed = jest.fn<HandlerOptions['failed']>();
  const handle = createHandler({
    gate: createGate({
      services: [],
      authenticate: async () => ({ kind: 'anonymous' }),
      bindingsOf: async () => ({ bindings: [], unavailable: [] }),
    }),
    limits: { headers: 100, targetBytes: 1000 },
    readClient: () => ({ ip: '192.0.2.1', host: undefined, proto: undefined }),
    canonicalHost: 'localhost',
    control: (_req, res) => void res.end('own page'),
    carry: async () => ({ kind: 'forwarded', statusCode: 200, upstreamMs: 1 }),
    tunnel: async () => ({ kind: 'forwarded', statusCode: 101, upstreamMs: 1 }),
    settingOf: () => ({ workspaceLabel: undefined, supportContact: undefined }),
    concluded,
    failed,
    ...broken,
  });
  const server = createServer((req, res) => {
    void handle(req, res, { expectation: 'none', brokenBy: () => undefined });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const spoken = await speak(portOf(server), 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return {
    statuses: statusesOf(spoken),
    text: spoken.text,
    endings: concluded.mock.calls.map(([, ending]) => ending),
    failures: failed.mock.calls.length,
  };
}
const thrower = (): never => {
  throw new Error('secret: hunter2');
};

describe('createHandler', () => {
  it('denies and records once what throws while it is judged, without a word of why', async () => {
    const gate = { read: thrower, judge: thrower, judgeAs: thrower };
    const { statuses, text, endings, failures } = await answerWith({ gate });
    expect(statuses).toEqual([503]);
    expect(text).not.toContain('hunter2');
    expect(endings).toMatchObject([{ kind: 'denied', reason: 'internal-error' }]);
    expect(failures).toBe(1);
  });

  it('denies what throws in our own pages before they answered', async () => {
    const parsed = createGate({
      services: [],
      authenticate: async () => ({ kind: 'anonymous' }),
      bindingsOf: async () => ({ bindings: [], unavailable: [] }),
    });
    const gate: HandlerOptions['gate'] = { ...parsed, read: () => parsed.read('', '/.auth/me') as never };
    const { statuses, endings } = await answerWith({ gate, control: thrower });
    expect(statuses).toEqual([503]);
    expect(endings).toHaveLength(1);
  });

  it('closes the connection and records it where even the denial throws', async () => {
    const { statuses, endings, failures } = await answerWith({ settingOf: thrower });
    expect(statuses).toEqual([]);
    expect(endings).toMatchObject([{ kind: 'denied', reason: 'internal-error' }]);
    expect(failures).toBe(2);
  });

  it('survives a record that cannot be made', async () => {
    const { statuses, failures } = await answerWith({ concluded: thrower });
    expect(statuses).toEqual([401]);
    expect(failures).toBe(1);
  });
});
