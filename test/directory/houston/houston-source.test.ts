import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createHoustonSource,
  type HoustonSourceOptions,
} from '../../../src/directory/houston/houston-source.js';
import {
  callerOf,
  describeRoleSource,
  type Grant,
  serviceAccount,
  user,
} from '../../contracts/role-source.js';

interface Asked {
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** A small GraphQL server that knows one question. */
interface Houston {
  readonly url: string;
  readonly asked: Asked[];
  answer: (res: ServerResponse, token: string) => void;
  close(): void;
}

async function startHouston(): Promise<Houston> {
  const houston: Houston = { url: '', asked: [], answer: () => {}, close: () => {} };
  const server: Server = createServer(async (req: IncomingMessage, res) => {
    const { authorization } = req.headers;
    houston.asked.push({ authorization, body: JSON.parse(await text(req)) });
    houston.answer(res, authorization?.replace('Bearer ', '') ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return Object.assign(houston, {
    url: `http://127.0.0.1:${address.port}/v1`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

const json = (value: unknown, status = 200) =>
  function answer(res: ServerResponse): void {
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
const bindings = (...roleBindings: object[]) => ({ data: { self: { user: { roleBindings } } } });
const EDITOR = { role: 'WORKSPACE_EDITOR', workspace: { id: 'w' }, deployment: null };
const signal = new AbortController().signal;

function sourceOf(url: string, fields: Partial<HoustonSourceOptions> = {}) {
  return createHoustonSource({
    name: 'houston',
    url,
    timeoutMs: 400,
    cacheSeconds: 60,
    cacheEntries: 100,
    staleForSeconds: 0,
    tokenOf: ({ principal }) =>
      principal.kind === 'user' ? `token-of-${encodeURIComponent(principal.id)}` : undefined,
    ...fields,
  });
}

function bindingOf({ to, binding }: Grant): object[] {
  const place =
    binding.scope === 'WORKSPACE'
      ? { workspace: { id: binding.id } }
      : binding.scope === 'DEPLOYMENT'
        ? { deployment: { id: 'cuid', releaseName: binding.id } }
        : {};
  return 'user' in to ? [{ for: to.user, role: `${binding.scope}_${binding.level}`, ...place }] : [];
}

describeRoleSource('houston', { names: 'users' }, async (grants) => {
  const houston = await startHouston();
  const all = grants.flatMap((grant) => ('user' in grant.to ? [{ user: grant.to.user, grant }] : []));
  houston.answer = (res, token) => {
    const mine = all.filter((one) => token === `token-of-${encodeURIComponent(one.user)}`);
    json(bindings(...mine.flatMap(({ grant }) => bindingOf(grant))))(res);
  };
  return {
    source: sourceOf(houston.url),
    caller: callerOf,
    takeDown: () => {
      houston.answer = (res) => res.destroy();
    },
    close: houston.close,
  };
});

describe('createHoustonSource', () => {
  let houston: Houston;
  beforeEach(async () => {
    houston = await startHouston();
    houston.answer = json(bindings(EDITOR));
  });
  afterEach(() => houston.close());

  const find = (source: ReturnType<typeof sourceOf>, id = 'eve') => source.find(callerOf(user(id)), signal);

  it("asks one question with the caller's own token and puts nothing of the caller into it", async () => {
    const source = sourceOf(houston.url);
    await find(source, 'eve"}} { drop');
    await find(source, 'ada');
    expect(houston.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-of-eve%22%7D%7D%20%7B%20drop',
      'Bearer token-of-ada',
    ]);
    expect(houston.asked[0]?.body).toEqual(houston.asked[1]?.body);
    expect(Object.keys(Object(houston.asked[0]?.body))).toEqual(['query']);
  });

  it('asks once for a thousand requests at the same time, and not again while the answer counts', async () => {
    const source = sourceOf(houston.url);
    await Promise.all(Array.from({ length: 1000 }, () => find(source)));
    await find(source);
    expect(houston.asked).toHaveLength(1);
  });

  it('asks nothing for a service account', async () => {
    const answer = await sourceOf(houston.url).find(callerOf(serviceAccount('ci')), signal);
    expect(answer).toMatchObject({ kind: 'found', bindings: [] });
    expect(houston.asked).toEqual([]);
  });

  it('ignores roles it does not know and places that do not fit', async () => {
    houston.answer = json(
      bindings(
        { role: 'USER' },
        { role: 'WORKSPACE_ADMIN', deployment: { id: 'x' } },
        { role: 'DEPLOYMENT_ADMIN', workspace: { id: 'w' } },
        { role: 'admin\n', workspace: { id: 'w' } },
        { role: '__proto__' },
        { role: 'DEPLOYMENT_VIEWER', deployment: { id: 'cuid' } },
      ),
    );
    expect(await find(sourceOf(houston.url))).toMatchObject({
      bindings: [{ scope: 'DEPLOYMENT', id: 'cuid', level: 'VIEWER' }],
    });
  });

  it.each<[string, (res: ServerResponse) => void]>([
    ['an error', json({ errors: [{ message: 'boom' }], data: null })],
    ['an error beside data', json({ errors: [{ message: 'part of it' }], ...bindings(EDITOR) })],
    ['nobody', json({ data: { self: null } })],
    ['another form', json({ data: { self: { user: { roleBindings: [{ rolle: 'SYSTEM_ADMIN' }] } } } })],
    ['a role that is no text', json(bindings({ role: ['SYSTEM_ADMIN'] }))],
    ['401', json({ data: null }, 401)],
    ['500 with good data', json(bindings(EDITOR), 500)],
    ['HTML', (res) => void res.writeHead(200).end('<html>')],
    ['nothing', (res) => void res.writeHead(200).end()],
    ['a broken connection', (res) => void res.destroy()],
    [
      'half of it',
      (res) => void res.writeHead(200, { 'content-length': '100' }).write('{"data"', () => res.destroy()),
    ],
    ['silence', () => {}],
    ['a head and then silence', (res) => void res.writeHead(200).flushHeaders()],
    ['a redirect', (res) => void res.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
    ['ten megabytes', (res) => void res.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024, ' '))],
  ])('is unavailable, in time, where Houston answers with %s', async (_name, answer) => {
    houston.answer = answer;
    const startedAt = performance.now();
    expect(await find(sourceOf(houston.url))).toMatchObject({ kind: 'unavailable', source: 'houston' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('says nothing of the token in what it says of a failure', async () => {
    houston.answer = (res) => res.destroy();
    expect(JSON.stringify(await find(sourceOf(houston.url)))).not.toContain('token-of');
  });

  it('leaves a failing Houston alone for a while', async () => {
    houston.answer = json({}, 500);
    const states: boolean[] = [];
    const source = sourceOf(houston.url, { onUp: (up) => states.push(up) });
    for (let i = 0; i < 20; i++)
      expect(await find(source, `user-${i}`)).toMatchObject({ kind: 'unavailable' });
    expect(houston.asked).toHaveLength(5);
    expect(states).toEqual([false]);
  });

  it('gives its last answer for as long as it may, marked', async () => {
    const source = sourceOf(houston.url, { cacheSeconds: 0.001, staleForSeconds: 1 });
    expect(await find(source)).not.toHaveProperty('stale');
    houston.answer = (res) => res.destroy();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await find(source)).toMatchObject({ kind: 'found', stale: true, bindings: [{ level: 'EDITOR' }] });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await find(source)).toMatchObject({ kind: 'unavailable' });
  });
});
